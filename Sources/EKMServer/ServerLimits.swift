internal import EKMWire

/// What one client, and all of them, may ask of the daemon.
package struct ServerLimits: Sendable {
    /// The most bytes that may follow a frame's length.
    package var frame: Int
    /// The most clients at a time.
    package var connections: Int

    package init(frame: Int = Frame.defaultLimit, connections: Int = 4096) {
        self.frame = frame
        self.connections = connections
    }
}
