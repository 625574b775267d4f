/// The receipt of an erasure, as it was signed.
public struct ReceiptReport: Codable, Hashable, Sendable {
    /// In hex.
    public var id: String
    /// The id of the environment, in hex: it outlives the name.
    public var environment: String
    /// The document, byte for byte, in base64.
    public var document: String
    /// The Ed25519 signature over the document (RFC 8032), in base64.
    public var signature: String
    /// The daemon's public key, in base64.
    public var publicKey: String

    public init(id: String, environment: String, document: String, signature: String, publicKey: String) {
        self.id = id
        self.environment = environment
        self.document = document
        self.signature = signature
        self.publicKey = publicKey
    }
}
