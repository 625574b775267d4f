/// How the last call to an environment's main key ended, as its number on the wire.
public struct WireVerdict: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// No call has ended yet, or none was needed.
    public static let none = WireVerdict(rawValue: 0)
    /// The key decrypted the environment's key.
    public static let granted = WireVerdict(rawValue: 1)
    /// The KMS says that we may not.
    public static let restricted = WireVerdict(rawValue: 2)
    /// The KMS says that the key is off or gone.
    public static let revoked = WireVerdict(rawValue: 3)
    /// Another key answered, or content that is not ours.
    public static let mismatched = WireVerdict(rawValue: 4)
    /// The KMS asks us to slow down.
    public static let throttled = WireVerdict(rawValue: 5)
    /// The KMS did not answer.
    public static let unreachable = WireVerdict(rawValue: 6)

    private static let names = ["none", "granted", "restricted", "revoked", "mismatched", "throttled", "unreachable"]
}

extension WireVerdict: CustomStringConvertible {
    public var description: String { Int(rawValue) < Self.names.count ? Self.names[Int(rawValue)] : "verdict \(rawValue)" }
}
