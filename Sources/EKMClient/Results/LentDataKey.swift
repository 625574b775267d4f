/// A fresh data key, lent to encrypt large data in this process.
public struct LentDataKey: ~Copyable, Sendable {
    /// The key, wrapped: store it with the data, and open it again with `openDataKey`.
    public let wrapped: [UInt8]
    /// How many seconds the environment would still live if its KMS went silent now; nil where it needs none.
    public let secondsLeft: Int?
    /// The key.
    public let key: DataKey
}
