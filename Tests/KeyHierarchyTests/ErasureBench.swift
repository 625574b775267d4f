import Cryptography
import Foundation
import KeyHierarchy
import TestSupport

/// A bench whose keyring was loaded, and whose clocks move together.
struct ErasureBench {
    let bench: Bench
    var judge: ClockJudge { keyring.clockJudge }

    init() async throws {
        bench = try Bench()
        try await bench.keyring.load()
    }

    var keyring: Keyring { bench.keyring }
    var store: InMemoryKeyStore { bench.store }
    var now: WallTime { bench.wallClock.now }

    /// Both clocks go on; the judge ticks, as its driver has it do.
    func pass(_ duration: Duration) async {
        bench.clock.advance(by: duration)
        bench.wallClock.advance(by: duration)
        await judge.tick()
    }

    /// An envelope of each of `count` hours, oldest first; the last hour has just ended.
    func hours(_ count: Int, in environment: LiveEnvironment) async throws -> [[UInt8]] {
        var envelopes: [[UInt8]] = []
        for hour in 0..<count {
            envelopes.append(try await bench.encrypt("hour \(hour)", hour % 2 == 0 ? .event : .job("42"), in: environment))
            await pass(.seconds(3600))
        }
        return envelopes
    }

    func erase(
        _ subject: ErasureRecord.Subject, of environment: LiveEnvironment, cause: ErasureRecord.Cause = .command
    ) async throws -> Receipt {
        try read(try await keyring.erase(subject, of: environment, cause: cause))
    }

    /// What a receipt says, once its signature was verified.
    func read(_ signed: SignedReceipt) throws -> Receipt {
        guard keyring.root.publicKey.verifies(signed.signature, signed.document) else { throw CocoaError(.fileReadCorruptFile) }
        return try JSONDecoder().decode(Receipt.self, from: Data(signed.document))
    }

    func isHeld(_ key: CachedKey) -> Bool { key.withSecret { _ in true } != nil }

    func keys(of environment: LiveEnvironment) -> Set<KeyID> { Set(store.keys(of: environment.identity.id).map(\.id)) }
}

extension HierarchyError {
    /// An error of that code, to compare with.
    init(_ code: Code) { self.init(code, "", remedy: "") }
}
