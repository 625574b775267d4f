internal import Cryptography
internal import KeyHierarchy

/// A new version of an environment's key, which its main key has wrapped, and has given back when asked.
struct FreshEnvironmentKey: ~Copyable {
    let secret: SecretBytes
    let record: EnvironmentKeyRecord
    /// Of the decrypt that proves it.
    let proof: GrantedProof

    consuming func takeSecret() -> SecretBytes { secret }
}

/// Makes main keys and environment keys, proved before anything is kept of them.
final class KeySetUp: Sendable {
    let access: MainKeyAccess
    private let root: RootKey
    private let judge: ClockJudge
    let keeper: LifeKeeper

    init(access: MainKeyAccess, root: RootKey, judge: ClockJudge, keeper: LifeKeeper) {
        self.access = access
        self.root = root
        self.judge = judge
        self.keeper = keeper
    }

    /// - Parameter material: the 32 bytes of an uploaded key; nil for the other kinds.
    func newMainKey(
        _ reference: MainKeyReference, material: consuming SecretBytes?, for environment: EnvironmentIdentity
    ) throws(HierarchyError) -> MainKeyRecord {
        do {
            let id = try MainKeyID.random()
            let sealed: [UInt8]?
            switch reference.kind {
            case .managed:
                let made = try SecretBytes.random(byteCount: 32)
                sealed = try root.seal(made, mainKey: id, environment: environment.id)
            case .material:
                guard let material = consume material, material.byteCount == 32 else {
                    throw HierarchyError.invalidMaterial("An uploaded key has exactly 32 bytes.")
                }
                guard !material.isAllZero else { throw HierarchyError.invalidMaterial("The uploaded key is all zeros.") }
                sealed = try root.seal(material, mainKey: id, environment: environment.id)
            default: sealed = nil
            }
            return MainKeyRecord(id: id, reference: reference, sealedMaterial: sealed, createdAt: judge.stamp)
        } catch { throw .translating(error) }
    }

    /// Whether a main key may be used for the environment.
    /// - Parameter refused: is told why it may not.
    /// - Returns: the record with which it is to be kept: an alias is pinned to the key that it names.
    func probe(
        _ mainKey: MainKeyRecord, for environment: EnvironmentIdentity, refused: (MainKeyFailure) -> Void = { _ in }
    ) async throws(HierarchyError) -> MainKeyRecord {
        var record = mainKey
        do throws(MainKeyFailure) {
            record.reference = try await access.mainKey(mainKey, of: environment).probe(for: environment)
            return record
        } catch {
            refused(error)
            throw setUpError(error)
        }
    }

    /// - Parameter life: of the environment that is there already: what its main key answers after a denial is worth nothing.
    func environmentKey(
        _ version: EnvironmentKeyVersion, under mainKeyRecord: MainKeyRecord, for environment: EnvironmentIdentity, life: EnvironmentLife
    ) async throws -> FreshEnvironmentKey {
        let secret = try SecretBytes.random(byteCount: 32)
        let payload = try EnvironmentKeyPayload.make(secret, environment: environment.id, version: version)
        let placeholder = EnvironmentKeyRecord(
            version: version, mainKey: mainKeyRecord.id, generation: nil, wrapped: [], createdAt: judge.believedNow)
        let question = life.question(placeholder, mainKeyRecord, at: keeper.moment)
        let wrapped = try await access.mainKey(mainKeyRecord, of: environment).wrap(payload, for: environment)
        let unwrapped = try await access.mainKey(mainKeyRecord, of: environment).unwrap(wrapped, for: environment)
        let (generation, sentAt) = (unwrapped.generation, unwrapped.sentAt)
        let again = try EnvironmentKeyPayload.open(unwrapped.payload, environment: environment.id, version: version)
        guard again.withBytes({ secret.isEqual(to: $0) }) else { throw MainKeyFailure.foreignContent }
        let record = EnvironmentKeyRecord(
            version: version, mainKey: mainKeyRecord.id, generation: generation, wrapped: wrapped, createdAt: judge.believedNow)
        return FreshEnvironmentKey(secret: secret, record: record, proof: GrantedProof(question, sentAt: sentAt))
    }

    /// The two cases that customers know apart, each with its cause.
    func setUpError(_ error: any Error) -> HierarchyError {
        guard let failure = error as? MainKeyFailure else { return .translating(error) }
        let (code, what): (HierarchyError.Code, String) =
            switch failure.stage {
            case .access: (.mainKeyInaccessible, "Cannot access the provided key")
            case .encryption: (.mainKeyCannotEncrypt, "Could not encrypt data with the provided key")
            }
        return HierarchyError(
            code, "\(what): \(failure.message)", remedy: failure.remedy,
            verdict: VerdictRecord(failure.verdict, at: keeper.wallClock.now, reason: failure.reason))
    }
}

extension HierarchyError {
    fileprivate static func invalidMaterial(_ message: String) -> Self {
        Self(.invalidMaterial, message, remedy: "Make one with `openssl rand -base64 32`.")
    }
}
