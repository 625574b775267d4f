/// A kind of operation, by the name that the configuration and refusals use.
package enum Permission: String, CaseIterable, Codable, Sendable {
    case encrypt, decrypt
    /// Lend data keys and open them.
    case dataKey = "data-key"
    /// Create, change, lock and delete environments; export the root key. Whoever has it has `status`, too.
    case admin
    /// List and show environments; the daemon's status.
    case status
}
