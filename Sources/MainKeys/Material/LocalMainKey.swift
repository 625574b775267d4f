package import Cryptography
package import KeyHierarchy

/// A main key whose 32 bytes ekmd keeps, sealed by the root key: one that the customer uploaded, or one that ekmd made.
///
/// Wraps with XAES-256-GCM (C2SP) under a key derived with HKDF-SHA-256, bound to the environment's id and name.
package struct LocalMainKey: MainKey {
    private let record: MainKeyRecord
    private let root: RootKey
    private let clock: any BootClock

    package init(_ record: MainKeyRecord, root: RootKey, clock: any BootClock) {
        self.record = record
        self.root = root
        self.clock = clock
    }

    package func probe(for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> MainKeyReference {
        _ = try material(of: environment)
        return record.reference
    }

    package func wrap(_ payload: consuming SecretBytes, for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> [UInt8] {
        let material = try material(of: environment)
        do { return try KeyWrapper(wrapping: material).wrap(payload, place: Self.place(environment)) } catch {
            throw Self.failure(error, stage: .encryption)
        }
    }

    package func unwrap(
        _ wrapped: [UInt8], for environment: EnvironmentIdentity
    ) async throws(MainKeyFailure) -> UnwrappedEnvironmentKey {
        let sentAt = clock.now
        let material = try material(of: environment)
        let generation = try Self.generation(of: material)
        do {
            let payload = try unsafe KeyWrapper(wrapping: material).unwrap(wrapped.span.bytes, place: Self.place(environment))
            return UnwrappedEnvironmentKey(payload: payload, generation: generation, sentAt: sentAt)
        } catch { throw Self.failure(error, stage: .access) }
    }

    package func inspect(for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> MainKeyInspection {
        guard record.sealedMaterial != nil else { return MainKeyInspection(failure: Self.withdrawn) }
        let material = try material(of: environment)
        return MainKeyInspection(generation: try Self.generation(of: material))
    }

    package func diagnose(for environment: EnvironmentIdentity) async -> [DiagnosisCheck] {
        do throws(MainKeyFailure) {
            _ = try material(of: environment)
            return [DiagnosisCheck("material", .ok, "The material opens under the root key.")]
        } catch {
            return [DiagnosisCheck("material", error)]
        }
    }

    private func material(of environment: EnvironmentIdentity) throws(MainKeyFailure) -> SecretBytes {
        guard let sealed = record.sealedMaterial else { throw Self.withdrawn }
        do { return try root.open(sealed, mainKey: record.id, environment: environment.id) } catch {
            throw Self.failure(error, stage: .access)
        }
    }

    private static func generation(of material: borrowing SecretBytes) throws(MainKeyFailure) -> Generation {
        do { return try Generation(ofMaterial: material) } catch { throw failure(error, stage: .access) }
    }

    private static var withdrawn: MainKeyFailure {
        MainKeyFailure(
            verdict: .revoked, message: "The main key's material is not here.", reason: "withdrawn",
            remedy: "Upload the same 32 bytes again.")
    }

    private static func place(_ environment: EnvironmentIdentity) -> [UInt8] {
        Array("ekmd main key v1".utf8) + environment.id.bytes + Array(environment.name.description.utf8)
    }

    private static func failure(_ error: CryptographyError, stage: MainKeyFailure.Stage) -> MainKeyFailure {
        switch error.code {
        case .arenaFull: .noSecretMemory
        case .cannotOpen:
            MainKeyFailure(
                verdict: .mismatched, stage: stage, message: "What the store holds does not open under this main key.",
                remedy: "The store was changed by other hands: restore it from a backup.")
        default:
            MainKeyFailure(
                verdict: .unreachable, stage: stage, message: "The cryptography library failed: \(error.message)",
                remedy: "Look at the daemon's log.")
        }
    }
}
