/// The key with which the daemon's receipts are checked.
public struct PublicKeyReport: Codable, Hashable, Sendable {
    /// `ed25519`.
    public var algorithm: String
    /// In base64.
    public var publicKey: String

    public init(algorithm: String = "ed25519", publicKey: String) {
        self.algorithm = algorithm
        self.publicKey = publicKey
    }
}
