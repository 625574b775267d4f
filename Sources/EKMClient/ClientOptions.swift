/// How a client behaves.
public struct ClientOptions: Hashable, Sendable {
    /// How long a call waits for its answer, unless it names its own time.
    public var timeout: Duration
    /// The name that the daemon's log shows; at most 255 bytes.
    public var name: String
    /// The most bytes of an answer that are accepted, its length not counted. A larger one ends the connection.
    public var largestAnswer: Int
    /// A user id who may listen on the socket besides root, this user, and the user to whom root gave the socket's directory.
    public var socketUser: UInt32?

    /// - Parameter socketUser: `EKM_SOCKET_USER` where it is set.
    public init(
        timeout: Duration = .seconds(30), name: String = "EKMClient", largestAnswer: Int = 16 << 20,
        socketUser: UInt32? = SocketPath.user
    ) {
        self.timeout = timeout
        self.name = name
        self.largestAnswer = largestAnswer
        self.socketUser = socketUser
    }
}
