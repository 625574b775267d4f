/// Makes main keys of one or more kinds from their records; knows nothing of the store.
package protocol MainKeyProvider: Sendable {
    /// - Throws: `MainKeyFailure` when the kind is unknown, or sealed material does not open.
    func mainKey(for record: MainKeyRecord, of environment: EnvironmentIdentity) throws(MainKeyFailure) -> any MainKey

    /// Whether what its main keys are asked through still works on; returns only once it knows.
    func isAlive() async -> Bool
}

extension MainKeyProvider {
    package func isAlive() async -> Bool { true }
}
