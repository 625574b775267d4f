import Cryptography
import Foundation
import KeyHierarchy
import Keyring
import TestSupport

/// A keyring fixture whose hierarchies were loaded, and whose clocks move together.
struct ErasureFixture {
    let base: KeyringFixture
    var judge: ClockJudge { hierarchies.judge }

    init() async throws {
        base = try KeyringFixture()
        try await base.hierarchies.load()
    }

    var hierarchies: Hierarchies { base.hierarchies }
    var store: InMemoryKeyStore { base.store }
    var root: RootKey { base.root }
    var now: WallTime { base.wallClock.now }

    /// Both clocks go on; the judge ticks, as its driver has it do.
    func pass(_ duration: Duration) async {
        base.clock.advance(by: duration)
        base.wallClock.advance(by: duration)
        await judge.tick()
    }

    /// An envelope of each of `count` hours, oldest first; the last hour has just ended.
    func hours(_ count: Int, in environment: LiveEnvironment) async throws -> [[UInt8]] {
        var envelopes: [[UInt8]] = []
        for hour in 0..<count {
            envelopes.append(try await base.encrypt("hour \(hour)", hour % 2 == 0 ? .event : .job("42"), in: environment))
            await pass(.seconds(3600))
        }
        return envelopes
    }

    func erase(
        _ subject: ErasureRecord.Subject, of environment: LiveEnvironment, cause: ErasureRecord.Cause = .command
    ) async throws -> Receipt {
        try read(try await hierarchies.eraser.erase(subject, of: environment, cause: cause))
    }

    /// What a receipt says, once its signature was verified.
    func read(_ signed: SignedReceipt) throws -> Receipt {
        guard base.root.publicKey.verifies(signed.signature, signed.document) else { throw CocoaError(.fileReadCorruptFile) }
        return try JSONDecoder().decode(Receipt.self, from: Data(signed.document))
    }

    func isHeld(_ key: CachedKey) -> Bool { key.withSecret { _ in true } != nil }

    func keys(of environment: LiveEnvironment) -> Set<KeyID> { Set(store.keys(of: environment.identity.id).map(\.id)) }
}

extension HierarchyError {
    /// An error of that code, to compare with.
    init(_ code: Code) { self.init(code, "", remedy: "") }
}
