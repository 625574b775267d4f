import EKMClient
import EKMWire
import Foundation
import KeyHierarchy
import Keyring
import SQLiteStore
import TestSupport
import Testing

@testable import ekmd

/// Nothing that was acknowledged is ever lost, whatever happens to the daemon and its disk.
///
/// `EKMD_CRASHES` says how often each run is disturbed, `EKMD_CRASH_SEED` repeats a run.
@Suite("What was acknowledged survives", .serialized)
struct CrashTests {
    private static let times = ProcessInfo.processInfo.environment["EKMD_CRASHES"].flatMap { Int($0) } ?? 50
    private static let seed =
        ProcessInfo.processInfo.environment["EKMD_CRASH_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000)

    @Test("SIGKILL at random moments")
    func kill() async throws { try await run(.kill, times: Self.times) }

    @Test("a disk that is full for a while", .enabled(if: LimitedDisk.isPossible, "mounting a file system needs root"))
    func fullDisk() async throws { try await run(.fullDisk, times: max(10, Self.times / 5)) }

    @Test("a disk that cannot write through for a while", .enabled(if: BrokenSync.compiler != nil, "there is no C compiler"))
    func failingSync() async throws { try await run(.failingSync, times: max(10, Self.times / 5)) }

    @Test("a log of which only the header was written")
    func headerOnly() async throws {
        let first = try await DaemonFixture.start()
        let sealed = try await Self.seal(first)
        #expect(try await first.stop() == .exited(0))
        try await Self.emptyLog(of: first)
        // What SIGKILL leaves between SQLite's first two writes to an empty log.
        try Data((1...32).map { UInt8($0) }).write(to: URL(fileURLWithPath: "\(first.state)/store.sqlite-wal"))
        let second = try await DaemonFixture.start(in: first.directory)
        #expect(try await EKMClient(socketPath: second.socket).decrypt(sealed).plaintext == [1, 2, 3])
    }

    /// What the log held is in the database then; the store's lock is free again when this returns.
    private static func emptyLog(of daemon: DaemonFixture) async throws {
        let root = try RootKeySource.file(daemon.rootKey).load(forStoreIn: daemon.state).key
        let store = try SQLiteStore.open(in: daemon.state, rootKey: root, now: SystemWallClock().now)
        try await store.purge()
        try store.close()
    }

    private static func seal(_ daemon: DaemonFixture) async throws -> [UInt8] {
        let client = EKMClient(socketPath: daemon.socket)
        _ = try await client.createEnvironment("acme/prod")
        return try await client.encrypt([1, 2, 3], environment: "acme/prod", scope: .log).ciphertext
    }

    private func run(_ disturbance: CrashRun.Disturbance, times: Int) async throws {
        let run = try CrashRun(disturbance, seed: Self.seed)
        let start = ContinuousClock.now
        var thrown: (any Error)?
        do { try await run.run(times: times) } catch { thrown = error }
        let repeating = "repeat with EKMD_CRASHES=\(times) EKMD_CRASH_SEED=\(run.seed)"
        #expect(thrown == nil, "\(thrown.map { "\($0)" } ?? ""); \(repeating); \(run.ledger.counts)")
        #expect(run.ledger.problems.isEmpty, "\(run.ledger.problems.joined(separator: "\n")); \(repeating); \(run.ledger.counts)")
        #expect(run.ledger.count > times, "there was hardly any traffic: \(run.ledger.counts)")
        print(
            "\(disturbance.rawValue): \(times) times in \(ContinuousClock.now - start), \(run.ledger.count) acknowledged; \(run.ledger.counts)"
        )
    }
}
