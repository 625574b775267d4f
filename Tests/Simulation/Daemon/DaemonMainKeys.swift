import Cryptography
import KeyHierarchy
import MainKeys

/// Main keys of the simulated KMS, and the real ones that ekmd keeps itself.
struct DaemonMainKeys: MainKeyProvider {
    let kms: SimKMS
    let local: MaterialProvider
    let clock: DaemonBootClock
    let pulse: Pulse

    func mainKey(for record: MainKeyRecord, of environment: EnvironmentIdentity) throws(MainKeyFailure) -> any MainKey {
        guard record.reference.kind == .awsKMS else { return try local.mainKey(for: record, of: environment) }
        return DaemonMainKey(kms: kms, record: record, clock: clock, pulse: pulse)
    }
}

/// One key of the simulated KMS. A wrap is the generation, then what its secret seals.
struct DaemonMainKey: MainKey {
    let kms: SimKMS
    let record: MainKeyRecord
    let clock: DaemonBootClock
    let pulse: Pulse

    private var name: String { record.reference.identifier }

    func probe(for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> MainKeyReference {
        _ = try await ask(.encrypt, environment, isProbe: true)
        if try await ask(.decrypt, environment, isProbe: true).state == .lying { throw .foreignContent }
        return record.reference
    }

    func wrap(_ payload: consuming SecretBytes, for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> [UInt8] {
        let answer = try await ask(.encrypt, environment)
        let generation = UInt8(truncatingIfNeeded: answer.generation)
        do {
            return [generation] + (try KeyWrapper(wrapping: secret(generation)).wrap(payload, place: place(environment, generation)))
        } catch { throw .foreignContent }
    }

    func unwrap(
        _ wrapped: [UInt8], for environment: EnvironmentIdentity
    ) async throws(MainKeyFailure) -> UnwrappedEnvironmentKey {
        let sentAt = clock.now
        let answer = try await ask(.decrypt, environment)
        guard let generation = wrapped.first else { throw .foreignContent }
        let sealed = Array(wrapped.dropFirst())
        do {
            let payload =
                if answer.state == .lying {
                    try SecretBytes.random(byteCount: EnvironmentKeyPayload.byteCount)
                } else {
                    try KeyWrapper(wrapping: secret(generation)).unwrap(sealed.span.bytes, place: place(environment, generation))
                }
            return UnwrappedEnvironmentKey(
                payload: payload, generation: answer.tellsGenerations ? Generation("\(name)-\(generation)") : nil, sentAt: sentAt)
        } catch { throw .foreignContent }
    }

    func inspect(for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> MainKeyInspection {
        let answer = try await answer(.describe, environment)
        let generation = answer.tellsGenerations ? Generation("\(name)-\(answer.generation)") : nil
        switch answer.state {
        case .disabled, .deleted: return MainKeyInspection(generation: generation, failure: Self.failure(answer.state))
        case .denied, .throttled, .silent, .down: throw Self.failure(answer.state)
        case .enabled, .lying: return MainKeyInspection(generation: generation, rotation: .off)
        }
    }

    private func ask(
        _ action: SimKMS.Action, _ environment: EnvironmentIdentity, isProbe: Bool = false
    ) async throws(MainKeyFailure) -> SimKMS.Answer {
        let answer = try await answer(action, environment, isProbe: isProbe)
        guard answer.state == .enabled || answer.state == .lying else { throw Self.failure(answer.state) }
        return answer
    }

    private func answer(
        _ action: SimKMS.Action, _ environment: EnvironmentIdentity, isProbe: Bool = false
    ) async throws(MainKeyFailure) -> SimKMS.Answer {
        let pulse = pulse
        guard
            let answer = await kms.call(
                action, key: name, environment: environment.id.description, isProbe: isProbe, isAlive: { pulse.isAlive })
        else { throw Self.failure(.down) }
        return answer
    }

    /// The KMS's own: made of its key's name and the generation.
    private func secret(_ generation: UInt8) throws(CryptographyError) -> SecretBytes {
        let bytes = [UInt8](repeating: generation, count: 24) + Array("........\(name)".utf8.suffix(8))
        return try SecretBytes(copying: bytes.span.bytes)
    }

    private func place(_ environment: EnvironmentIdentity, _ generation: UInt8) -> [UInt8] {
        Array("simulated \(environment.name) \(name) \(generation)".utf8)
    }

    private static func failure(_ state: SimKMS.State) -> MainKeyFailure {
        switch state {
        case .denied: MainKeyFailure(verdict: .restricted, message: "denied", reason: "AccessDenied", remedy: "Ask.")
        case .disabled: MainKeyFailure(verdict: .revoked, message: "disabled", reason: "Disabled", remedy: "Enable it.")
        case .deleted: MainKeyFailure(verdict: .revoked, message: "deleted", reason: "NotFound", remedy: "None.")
        case .throttled: MainKeyFailure(verdict: .throttled, message: "throttled", reason: "Throttling", remedy: "Wait.")
        case .enabled, .lying, .silent, .down: MainKeyFailure(verdict: .unreachable, message: "no answer", remedy: "Wait.")
        }
    }
}

/// Whether a life of the daemon still lasts.
///
/// Sendable although it has no lock: only the simulating thread ever touches it.
final class Pulse: @unchecked Sendable {
    var isAlive = true
}
