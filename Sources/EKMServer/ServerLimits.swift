internal import EKMWire

/// What one client, and all of them, may ask of the daemon.
package struct ServerLimits: Sendable {
    /// The most bytes that may follow a frame's length.
    package var frame: Int
    /// The most clients at a time.
    package var connections: Int
    /// The most bytes that all clients together have in frames that are not whole, requests that wait and answers that they do not read.
    package var memory: Int
    /// How long one connection's requests are answered before another's turn comes.
    package var turn: Duration

    package init(
        frame: Int = Frame.defaultLimit, connections: Int = 4096, memory: Int = 256 << 20, turn: Duration = .microseconds(200)
    ) {
        self.frame = frame
        self.connections = connections
        self.memory = memory
        self.turn = turn
    }

    /// The largest frame of a peer that no grant names: enough to be told so.
    static let smallFrame = 4 << 10
}
