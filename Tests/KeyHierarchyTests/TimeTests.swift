import KeyHierarchy
import TestSupport
import Testing

@Suite("Clocks that jump")
struct TimeTests {
    private static let jumps: [Duration] = [.seconds(-3600), .seconds(86_400), .seconds(10 * 365 * 86_400)]
    private static let hour = Duration.seconds(3600)

    @Test("encryption goes on under a clock that jumped, nothing is erased, and no key is stuck when it comes back", arguments: jumps)
    func jump(_ jump: Duration) async throws {
        let bench = try await ErasureBench()
        let (clock, wallClock) = (bench.bench.clock, bench.bench.wallClock)
        let environment = try await bench.bench.warmEnvironment("acme/prod")
        try await bench.keyring.setRetention(Retention(hours: Self.hour, logs: Self.hour), of: environment)
        let before = try await bench.bench.encrypt("before", .event, in: environment)
        let right = bench.now.hour
        await bench.pass(.seconds(60))

        wallClock.advance(by: jump)
        let amid = try await bench.bench.encrypt("amid", .job("42"), in: environment)
        for duty in [UpkeepDuty.tickClock, .runRetention(environment.identity.id), .makeHourlyKey(environment.identity.id)] {
            await bench.keyring.perform(duty)
        }
        await #expect(throws: HierarchyError(.clockInDoubt)) { try await bench.keyring.runRetention(of: environment) }
        for (text, envelope) in [("before", before), ("amid", amid)] { #expect(try await bench.bench.decrypt(envelope) == text) }

        wallClock.advance(by: .zero - jump)
        clock.advance(by: .seconds(60))
        wallClock.advance(by: .seconds(60))
        await bench.keyring.perform(.tickClock)
        #expect(bench.judge.state == .believed)
        let key = try await bench.keyring.encryptionKey(for: .event, of: environment)
        #expect(key.hour == right)
        #expect(try await bench.keyring.runRetention(of: environment).isEmpty)
        for (text, envelope) in [("before", before), ("amid", amid)] { #expect(try await bench.bench.decrypt(envelope) == text) }
    }

    @Test("the retention of a key that was made in 2036 counts from when it was made")
    func retention() async throws {
        let bench = try await ErasureBench()
        let environment = try await bench.bench.warmEnvironment("acme/prod")
        try await bench.keyring.setRetention(Retention(hours: Self.hour), of: environment)
        bench.bench.wallClock.advance(by: .seconds(10 * 365 * 86_400))
        let future = try await bench.bench.encrypt("2036", .event, in: environment)
        let hour = try await bench.keyring.encryptionKey(for: .event, of: environment).hour
        #expect(hour == bench.now.hour && bench.now.description.hasPrefix("2036"))
        bench.bench.wallClock.advance(by: .seconds(-10 * 365 * 86_400))
        await bench.pass(.seconds(60))
        // An hour in which it may encrypt, and the hour of its retention.
        await bench.pass(.seconds(7000))
        #expect(try await bench.keyring.runRetention(of: environment).isEmpty)
        #expect(try await bench.bench.decrypt(future) == "2036")
        await bench.pass(.seconds(200))
        #expect(try await bench.keyring.runRetention(of: environment).count == 1)
        await #expect(throws: HierarchyError(.erased)) { try await bench.bench.decrypt(future) }
    }

    @Test("a key made ahead that a jump has closed is not taken into use when its hour does come")
    func ahead() async throws {
        let bench = try Bench()
        let environment = try await bench.warmEnvironment("acme/prod")
        _ = try await bench.encrypt("now", .event, in: environment)
        try await bench.keyring.makeUpcomingHourlyKey(of: environment)
        let ahead = try #require(bench.hourlyKey(.upcoming, of: environment))
        bench.wallClock.advance(by: .seconds(86_400))
        _ = try await bench.encrypt("tomorrow", .event, in: environment)
        #expect(bench.hourlyKey(.upcoming, of: environment) == nil, "the store closed it")
        bench.wallClock.advance(by: .seconds(-86_400 + 3600))
        let key = try await bench.keyring.encryptionKey(for: .event, of: environment)
        #expect(key.id != ahead.id)
        #expect(key.hour == bench.wallClock.now.hour)
        #expect(bench.hourlyKey(.active, of: environment)?.id == key.id, "and the store holds the one in use as active")
    }

    @Test("a suspend past the time to live leaves nothing usable: the next request proves the key again")
    func suspend() async throws {
        let bench = try Bench()
        let environment = try await bench.kmsEnvironment("acme/prod")
        var envelopes: [[UInt8]] = []
        for scope in everyScope { envelopes.append(try await bench.encrypt("text", scope, in: environment)) }
        let held = try await bench.keyring.encryptionKey(for: .event, of: environment)
        bench.keys.answer(.failure(denied), for: Bench.kms)
        bench.clock.advance(by: .seconds(8 * 3600))
        bench.wallClock.advance(by: .seconds(8 * 3600))
        let now = bench.clock.now
        #expect(!held.isUsable(at: now) && environment.secondsLeft(at: now) == 0)
        for scope in everyScope {
            #expect(environment.encryptionKey(for: scope, hour: bench.wallClock.now.hour, at: now) == nil)
        }
        for envelope in envelopes { await #expect(throws: HierarchyError(.restricted)) { try await bench.decrypt(envelope) } }
        bench.keys.answer(.granted, for: Bench.kms)
        bench.clock.advance(by: .seconds(60))
        let asked = bench.keys.decrypts(Bench.kms)
        for envelope in envelopes { #expect(try await bench.decrypt(envelope) == "text") }
        #expect(bench.keys.decrypts(Bench.kms) == asked + 1)
    }

    @Test("a clock in doubt gives no second replacement, until it is right again or accepted", arguments: [true, false])
    func replacement(isAccepted: Bool) async throws {
        let bench = try Bench()
        try await bench.keyring.load()
        let environment = try await bench.kmsEnvironment("acme/prod")
        _ = try await bench.replace(environment, with: Bench.otherKMS)
        #expect(await bench.repackToEnd(environment))
        bench.wallClock.advance(by: .seconds(86_400))
        for _ in 0..<2 {
            await #expect(throws: HierarchyError(.clockInDoubt)) { try await bench.replace(environment, with: Bench.kms) }
            await bench.keyring.perform(.tickClock)
        }
        if isAccepted {
            try await bench.keyring.clockJudge.accept()
            #expect(try await bench.replace(environment, with: Bench.kms).kind == .replaced)
        } else {
            bench.wallClock.advance(by: .seconds(-86_400))
            await #expect(throws: HierarchyError(.replacementTooSoon)) { try await bench.replace(environment, with: Bench.kms) }
            bench.wallClock.advance(by: .seconds(86_400))
            bench.clock.advance(by: .seconds(86_400))
            #expect(try await bench.replace(environment, with: Bench.kms).kind == .replaced)
        }
    }
}

extension Bench {
    /// The hourly key that the store holds in that state.
    fileprivate func hourlyKey(_ state: HourlyKey.State, of environment: LiveEnvironment) -> KeyRecord? {
        store.keys(of: environment.identity.id).first { key in
            if case .hourly(let hourly) = key.purpose { hourly.state == state } else { false }
        }
    }
}
