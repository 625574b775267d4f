/// A kind of operation, by the name that the configuration and refusals use.
package enum Permission: String, CaseIterable, Sendable {
    case encrypt, decrypt
    /// Lend data keys and open them.
    case dataKey = "data-key"
    /// Create and delete environments; export the root key.
    case admin
    /// List and show environments; the daemon's status.
    case status
}
