/// A data key that was opened again.
public struct OpenedDataKey: ~Copyable, Sendable {
    /// How many seconds the environment would still live if its KMS went silent now; nil where it needs none.
    public let secondsLeft: Int?
    /// The key.
    public let key: DataKey
}
