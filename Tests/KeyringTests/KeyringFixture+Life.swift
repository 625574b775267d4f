import Bedrock
import Cryptography
import KeyHierarchy
import Keyring
import TestSupport

extension KeyringFixture {
    static let kms = MainKeyReference(kind: .aKMS, identifier: "arn:one")
    static let otherKMS = MainKeyReference(kind: .aKMS, identifier: "arn:two")

    /// An environment under a key in a KMS.
    func kmsEnvironment(_ name: String, _ reference: MainKeyReference = kms) async throws -> LiveEnvironment {
        try await hierarchies.environments.create(EnvironmentName(name), reference: reference, material: nil)
    }

    /// One step of the environment's repack.
    @discardableResult
    func repackStep(_ environment: LiveEnvironment, limit: Int = 100) async -> Repacker.Step {
        await hierarchies.repacker.step(of: environment, limit: limit, turn: AsyncLock()) { $0() }
    }

    /// Steps until there is nothing more to do; false where the repack waits.
    func repackToEnd(_ environment: LiveEnvironment, limit: Int = 100) async -> Bool {
        for _ in 0..<10_000 {
            switch await repackStep(environment, limit: limit) {
            case .idle: return true
            case .waits: return false
            case .moved: continue
            }
        }
        return false
    }

    func poll(_ reference: MainKeyReference = kms) async throws {
        guard let target = reference.pollTarget else { return }
        await hierarchies.poller.poll(target)
    }

    func replace(
        _ environment: LiveEnvironment, with reference: MainKeyReference, _ options: ReplacementOptions = ReplacementOptions()
    ) async throws -> ReplacementOutcome {
        try await hierarchies.mainKeys.replaceMainKey(of: environment, reference: reference, material: nil, options: options)
    }

    /// How many keys hang under each version, oldest first.
    func census(_ environment: LiveEnvironment) async throws -> [Int] {
        try await hierarchies.views.view(of: environment).census.map(\.keys)
    }

    /// Ends the cache, as its deadline does.
    func forget(_ environment: LiveEnvironment) {
        clock.advance(by: hierarchies.keeper.settings.timeToLive)
        wallClock.advance(by: hierarchies.keeper.settings.timeToLive)
        hierarchies.expire(environment.identity.id)
    }

    /// The hierarchies over the same store, as after a restart.
    func restarted() async throws -> Hierarchies {
        let again = Hierarchies(
            store: store, clockLedger: store, provider: keys, root: root, settings: hierarchies.keeper.settings, clock: clock,
            wallClock: wallClock,
            clockFacts: clockFacts)
        try await again.load()
        return again
    }

    func materialEnvironment(_ name: String, filledWith byte: UInt8) async throws -> LiveEnvironment {
        try await hierarchies.environments.create(EnvironmentName(name), reference: .material, material: Self.material(byte))
    }

    @discardableResult
    func upload(
        _ byte: UInt8, to environment: LiveEnvironment, _ options: ReplacementOptions = ReplacementOptions()
    ) async throws -> ReplacementOutcome {
        try await hierarchies.mainKeys.replaceMainKey(
            of: environment, reference: .material, material: Self.material(byte), options: options)
    }

    private static func material(_ byte: UInt8) throws -> SecretBytes {
        let bytes = [UInt8](repeating: byte, count: 32)
        return try SecretBytes(copying: bytes.span.bytes)
    }

    func told(_ event: String) -> Int { events.withLock { $0.count { $0 == event } } }
}

let denied = MainKeyFailure(verdict: .restricted, message: "denied", reason: "AccessDenied", remedy: "ask")
let disabled = MainKeyFailure(verdict: .revoked, message: "disabled", reason: "Disabled", remedy: "enable")
let silent = MainKeyFailure(verdict: .unreachable, message: "silent", remedy: "wait")
