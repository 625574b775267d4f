/// What the daemon says about itself in a hello.
public struct DaemonInfo: Hashable, Sendable {
    /// Its version, for a person.
    public let version: String
    /// The version of the wire protocol that both sides speak.
    public let protocolVersion: UInt16
    /// The most bytes of a frame that it accepts, the length not counted.
    public let largestFrame: Int
}
