import Bedrock
import KeyHierarchy
import TestSupport
import Testing

@testable import MainKeys

@Suite("Credentials that are kept") struct CredentialCacheTests {
    /// Hands out credentials for an hour each, or fails; counts.
    private final class Source: AWSCredentialSource {
        private struct State {
            var fetches = 0
            var error: AWSCredentialsError?
            var waiters: [CheckedContinuation<Void, Never>] = []
            var holds = false
        }

        private let clock: ManualBootClock
        private let lifetime: Duration?
        private let state = Lock(State())

        init(_ clock: ManualBootClock, lifetime: Duration? = .seconds(3600)) {
            self.clock = clock
            self.lifetime = lifetime
        }

        var fetches: Int { state.withLock { $0.fetches } }
        func fail(_ error: AWSCredentialsError?) { state.withLock { $0.error = error } }
        func hold() { state.withLock { $0.holds = true } }
        func release() {
            let waiters = state.withLock { state in
                state.holds = false
                defer { state.waiters = [] }
                return state.waiters
            }
            for waiter in waiters { waiter.resume() }
        }

        func fetch() async throws(AWSCredentialsError) -> MainKeys.AWSCredentials {
            let count = state.withLock { state in
                state.fetches += 1
                return state.fetches
            }
            await withCheckedContinuation { continuation in
                let isHeld = state.withLock { state in
                    if state.holds { state.waiters.append(continuation) }
                    return state.holds
                }
                if !isHeld { continuation.resume() }
            }
            if let error = state.withLock({ $0.error }) { throw error }
            return MainKeys.AWSCredentials(
                accessKeyID: "K\(count)", secretAccessKey: WipedBytes("s"), sessionToken: nil, lifetime: lifetime, now: clock.now,
                source: "a test")
        }
    }

    private let clock = ManualBootClock()

    private func until(_ condition: () async -> Bool) async { while await !condition() { await Task.yield() } }

    @Test("A thousand who ask at once make one fetch") func singleFlight() async throws {
        let source = Source(clock)
        source.hold()
        let cache = AWSCredentialCache(source, clock: clock)
        let answers = Task {
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<1000 { group.addTask { try await cache.credentials().accessKeyID } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
        }
        await until { source.fetches > 0 }
        source.release()
        #expect(try await answers.value == ["K1"])
        #expect(source.fetches == 1)
    }

    @Test("They are renewed five minutes before their end, while the old ones serve") func renews() async throws {
        let source = Source(clock)
        let cache = AWSCredentialCache(source, clock: clock)
        #expect(try await cache.credentials().accessKeyID == "K1")
        clock.advance(by: .seconds(3299))
        #expect(try await cache.credentials().accessKeyID == "K1")
        #expect(source.fetches == 1)
        clock.advance(by: .seconds(1))
        #expect(try await cache.credentials().accessKeyID == "K1")
        await until { (try? await cache.credentials().accessKeyID) == "K2" }
        #expect(source.fetches == 2)
    }

    @Test("Short ones are renewed after nine tenths of their time; some never end") func renewsShort() async throws {
        let short = try await Source(clock, lifetime: .seconds(900)).fetch()
        #expect(short.renewAt == clock.now.advanced(by: .seconds(810)))
        let over = try await Source(clock, lifetime: .seconds(-5)).fetch()
        #expect(over.expiresAt == clock.now.advanced(by: .seconds(60)))
        #expect(try await Source(clock, lifetime: nil).fetch().renewAt == nil)
    }

    @Test("A renewal that fails is tried again after ten seconds, and is an error only once the old ones ended") func survivesFailure()
        async throws
    {
        let source = Source(clock)
        let cache = AWSCredentialCache(source, clock: clock)
        _ = try await cache.credentials()
        source.fail(AWSCredentialsError(.unreachable, "out"))
        clock.advance(by: .seconds(3300))
        #expect(try await cache.credentials().accessKeyID == "K1")
        await until { source.fetches == 2 }
        for _ in 0..<100 { #expect(try await cache.credentials().accessKeyID == "K1") }
        #expect(source.fetches == 2)
        clock.advance(by: .seconds(10))
        _ = try await cache.credentials()
        await until { source.fetches == 3 }
        clock.advance(by: .seconds(300))
        await #expect(throws: AWSCredentialsError(.unreachable, "")) { _ = try await cache.credentials() }
        source.fail(nil)
        // The last failure may still have been the third renewal's, under way when the old ones ended.
        #expect(try await cache.credentials().accessKeyID == "K\(source.fetches)")
        #expect((4...5).contains(source.fetches))
    }

    @Test("Credentials that AWS refused are replaced once, whoever notices") func replacesRefused() async throws {
        let source = Source(clock, lifetime: nil)
        let cache = AWSCredentialCache(source, clock: clock)
        let first = try await cache.credentials()
        #expect(try await cache.credentials(insteadOf: first).accessKeyID == "K2")
        #expect(try await cache.credentials(insteadOf: first).accessKeyID == "K2")
        #expect(source.fetches == 2)
    }
}
