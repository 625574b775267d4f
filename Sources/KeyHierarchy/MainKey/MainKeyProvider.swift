/// Makes main keys of one or more kinds from their records; knows nothing of the store.
package protocol MainKeyProvider: Sendable {
    /// - Throws: `MainKeyFailure` when the kind is unknown, or sealed material does not open.
    func mainKey(for record: MainKeyRecord, of environment: EnvironmentIdentity) throws(MainKeyFailure) -> any MainKey

    /// The reference as it is to be kept, of one that a caller named: checked, and completed with what is the environment's own.
    /// Nothing is asked, and nothing kept.
    func admit(_ reference: MainKeyReference, by rules: ReferenceRules) throws(ReferenceRefusal) -> MainKeyReference

    /// Whether what its main keys are asked through still works on; returns only once it knows.
    func isAlive() async -> Bool
}

extension MainKeyProvider {
    /// For kinds whose references say nothing.
    package func admit(_ reference: MainKeyReference, by rules: ReferenceRules) throws(ReferenceRefusal) -> MainKeyReference { reference }

    package func isAlive() async -> Bool { true }
}
