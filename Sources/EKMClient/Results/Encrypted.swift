/// What came of an encryption.
public struct Encrypted: Hashable, Sendable {
    /// A self-describing envelope: all that a decryption needs besides the context.
    public let ciphertext: [UInt8]
    /// How many seconds the environment would still live if its KMS went silent now; nil where it needs none.
    public let secondsLeft: Int?
}
