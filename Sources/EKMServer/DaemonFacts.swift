/// What the status tells about the daemon around the server.
package struct DaemonFacts: Sendable {
    package var version: String
    /// Paths, for a person.
    package var socket: String
    package var state: String
    /// The kind of store, and its version.
    package var storeBackend: String
    /// Whether a backup of the root key was ever confirmed.
    package var isRootKeyExported: @Sendable () -> Bool
    /// Called once somebody has confirmed to have a copy of the root key, whole.
    package var didExportRootKey: @Sendable () async -> Void
    /// What an operator should look at: whole sentences.
    package var warnings: @Sendable () -> [String]

    package init(
        version: String, socket: String, state: String, storeBackend: String, isRootKeyExported: @escaping @Sendable () -> Bool = { false },
        didExportRootKey: @escaping @Sendable () async -> Void = {}, warnings: @escaping @Sendable () -> [String] = { [] }
    ) {
        self.version = version
        self.socket = socket
        self.state = state
        self.storeBackend = storeBackend
        self.isRootKeyExported = isRootKeyExported
        self.didExportRootKey = didExportRootKey
        self.warnings = warnings
    }
}
