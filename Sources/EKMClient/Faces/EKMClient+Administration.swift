public import EKMWire

/// What operators ask for, without holding a thread.
extension EKMClient {
    /// Creates an environment.
    ///
    /// Not sent again when the connection breaks: see with `showEnvironment` whether it was created.
    public func createEnvironment(
        _ name: String, mainKey: NewMainKey = .managed, timeout: Duration? = nil
    ) async throws(EKMClientError) -> EnvironmentReport {
        try await perform(.createEnvironment(name, mainKey), timeout: timeout)
    }

    /// All environments that this user may see.
    public func listEnvironments(timeout: Duration? = nil) async throws(EKMClientError) -> [EnvironmentReport] {
        try await perform(.listEnvironments, timeout: timeout)
    }

    /// One environment.
    public func showEnvironment(_ name: String, timeout: Duration? = nil) async throws(EKMClientError) -> EnvironmentReport {
        try await perform(.showEnvironment(name), timeout: timeout)
    }

    /// Tells what would become unreadable with an environment.
    public func deletionPreview(_ name: String, timeout: Duration? = nil) async throws(EKMClientError) -> DeletionReport {
        try await perform(.deletionPreview(name), timeout: timeout)
    }

    /// Deletes an environment, and with it the way to read its data.
    ///
    /// Not sent again when the connection breaks: see with `showEnvironment` whether it was deleted.
    ///
    /// - Parameter confirmation: The name once more, as a person typed it.
    public func deleteEnvironment(
        _ name: String, confirmation: String, timeout: Duration? = nil
    ) async throws(EKMClientError) -> DeletionReport {
        try await perform(.deleteEnvironment(name, confirmation: confirmation), timeout: timeout)
    }

    /// How the daemon is.
    public func status(timeout: Duration? = nil) async throws(EKMClientError) -> StatusReport {
        try await perform(.status, timeout: timeout)
    }

    /// The 32 bytes of the root key, for a backup. Confirm it with `confirmRootExport` once it is where it is to stay.
    public func exportRootKey(timeout: Duration? = nil) async throws(EKMClientError) -> DataKey {
        try await perform(.rootExport, timeout: timeout)
    }

    /// Says that a copy of the root key was taken, whole; until then the daemon warns that there is none.
    ///
    /// - Parameter rootKey: The id of the key in the copy, 32 hex digits; the wire protocol's description says how it is computed.
    public func confirmRootExport(_ rootKey: String, timeout: Duration? = nil) async throws(EKMClientError) {
        try await perform(.confirmRootExport(rootKey), timeout: timeout)
    }

    /// The external id with which the daemon assumes a role for an environment, which need not exist yet.
    public func externalID(_ name: String, timeout: Duration? = nil) async throws(EKMClientError) -> String {
        try await perform(.externalID(name), timeout: timeout)
    }
}
