/// How a main key is to be replaced; the raw value crosses the wire.
public struct ReplacementFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Only says what would happen.
    public static let dryRun = ReplacementFlags(rawValue: 1)
    /// Does not ask the old main key: keys under it stay unreadable until it is granted again.
    public static let withoutOld = ReplacementFlags(rawValue: 2)
    /// Registers a key that may not be used yet; it takes effect once the customer has granted it.
    public static let whenGranted = ReplacementFlags(rawValue: 4)

    static let known: ReplacementFlags = [.dryRun, .withoutOld, .whenGranted]
}
