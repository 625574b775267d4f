package import Cryptography

/// One customer main key, as its kind implements it. Every call ends in a verdict.
package protocol MainKey: Sendable {
    /// Whether this key may be used for `environment`: proved, not assumed, before it is accepted.
    /// - Returns: the reference with which it is to be kept: an alias is pinned to the key that it names.
    func probe(for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> MainKeyReference

    /// Encrypts the 56 bytes of an environment key's payload, bound to `environment`.
    func wrap(_ payload: consuming SecretBytes, for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> [UInt8]

    /// Decrypts what `wrap` made; this is what a proof is made of.
    func unwrap(_ wrapped: [UInt8], for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> UnwrappedEnvironmentKey

    /// Asks the KMS about the key without using it: its state, its generation, its rotation.
    func inspect(for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> MainKeyInspection

    /// Walks the whole way to the key and uses it, as `probe` does, and tells of each step how it went.
    func diagnose(for environment: EnvironmentIdentity) async -> [DiagnosisCheck]

    /// How many calls to the KMS a diagnosis makes at most: each counts under the rate.
    var callsOfDiagnosis: Int { get }

    /// Which part of its kind's KMS it loads: those that share one share its part of the rate. Empty where all keys of the kind do.
    var endpoint: String { get }
}

extension MainKey {
    package func inspect(for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> MainKeyInspection { MainKeyInspection() }

    package func diagnose(for environment: EnvironmentIdentity) async -> [DiagnosisCheck] { [] }

    package var callsOfDiagnosis: Int { 1 }

    package var endpoint: String { "" }
}

/// A granted answer.
package struct UnwrappedEnvironmentKey: ~Copyable, Sendable {
    package let payload: SecretBytes
    /// As the KMS named it in this answer; nil where it tells none.
    package let generation: Generation?
    /// Just before the request that was granted was sent.
    package let sentAt: BootInstant

    package init(payload: consuming SecretBytes, generation: Generation?, sentAt: BootInstant) {
        self.payload = payload
        self.generation = generation
        self.sentAt = sentAt
    }
}
