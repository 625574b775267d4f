/// How many seconds an environment would still live if its KMS went silent now.
public struct SecondsLeft: RawRepresentable, Hashable, Sendable {
    /// The number on the wire; 0xFFFFFFFF where it does not apply.
    public let rawValue: UInt32

    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Clamps a number of seconds into what the wire can carry.
    @inlinable
    public init(seconds: Int) { rawValue = UInt32(clamping: Swift.min(Swift.max(0, seconds), Int(UInt32.max) - 1)) }

    /// The answer has no environment, or its main key needs no KMS.
    public static let doesNotApply = SecondsLeft(rawValue: .max)

    /// The seconds, or nil where they do not apply.
    @inlinable public var seconds: Int? { rawValue == .max ? nil : Int(rawValue) }
}
