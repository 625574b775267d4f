/// A receipt as it is kept and handed out.
package struct SignedReceipt: Hashable, Sendable {
    package var erasure: ErasureID
    package var environment: EnvironmentID
    /// The document, byte for byte as it was signed.
    package var document: [UInt8]
    /// Ed25519 (RFC 8032) over `document`; 64 bytes.
    package var signature: [UInt8]

    package init(erasure: ErasureID, environment: EnvironmentID, document: [UInt8], signature: [UInt8]) {
        self.erasure = erasure
        self.environment = environment
        self.document = document
        self.signature = signature
    }
}
