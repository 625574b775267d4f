public import EKMWire

/// What the daemon says about itself in a hello.
public struct DaemonInfo: Hashable, Sendable {
    /// Its version, for a person.
    public let version: String
    /// The version of the wire protocol that both sides speak.
    public let protocolVersion: UInt16
    /// The most bytes of a frame that it accepts, the length not counted.
    public let largestFrame: Int
}

extension DaemonInfo {
    /// The most bytes that ``EKMClient/encrypt(_:environment:scope:context:timeout:)`` takes: what it returns must come back in a frame, with
    /// the same scope and context. More is encrypted under a lent data key.
    public func largestPlaintext(environment: String, scope: Scope, context: EncryptionContext = EncryptionContext()) -> Int {
        EncryptRequest(environment: environment, scope: scope, context: context).largestPlaintext(frames: largestFrame)
    }
}
