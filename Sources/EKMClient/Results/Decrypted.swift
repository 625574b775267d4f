/// What came of a decryption.
public struct Decrypted: Sendable {
    public let plaintext: [UInt8]
    /// How many seconds the environment would still live if its KMS went silent now; nil where it needs none.
    public let secondsLeft: Int?
}

extension Decrypted: CustomStringConvertible, CustomReflectable {
    /// Says how long the plaintext is, and never what it holds.
    public var description: String { "\(plaintext.count) bytes of plaintext" }
    public var customMirror: Mirror { Mirror(self, children: ["count": plaintext.count]) }
}
