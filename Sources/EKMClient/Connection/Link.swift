internal import Bedrock
internal import EKMWire
internal import Glibc

/// The connection of a client, made when it is needed and made anew when it broke.
final class Link: Sendable {
    private struct State {
        var current: Connection?
        var isClosed = false
        var lastRequestID: UInt32 = 0

        /// Zero is the id of answers that belong to no request.
        mutating func nextRequestID() -> UInt32 {
            lastRequestID = lastRequestID == .max ? 1 : lastRequestID + 1
            return lastRequestID
        }
    }

    private let socketPath: String
    private let options: ClientOptions
    private let state = Lock(State())

    init(socketPath: String, options: ClientOptions) {
        self.socketPath = socketPath
        self.options = options
    }

    /// Encodes a request under an id of its own, which it keeps when it is sent again.
    func frame<Value: ~Copyable>(_ request: Request<Value>) throws(EKMClientError) -> OutgoingFrame {
        try OutgoingFrame(request.operation, requestID: state.withLock { $0.nextRequestID() }, encode: request.encode)
    }

    /// The connection; nil where the daemon does not accept one just now.
    func connection(deadline: Deadline) throws(EKMClientError) -> Connection? {
        try state.withLock { (state) throws(EKMClientError) in
            guard !state.isClosed else { throw .closed }
            if let current = state.current, current.isOpen { return current }
            guard let socket = try Socket.connect(to: socketPath) else {
                if deadline.hasPassed { throw .deadlineExceeded }
                return nil
            }
            let listener = Listener(of: socket.descriptor)
            guard let listener, listener.isTrusted(by: geteuid(), named: options.socketUser, path: socketPath) else {
                throw .untrusted(listener?.user, socketPath)
            }
            let connection = try Connection(socket, largestAnswer: options.largestAnswer)
            let hello = Request<DaemonInfo>.hello(client: options.name)
            connection.greet(Call(try OutgoingFrame(.hello, requestID: state.nextRequestID(), encode: hello.encode), deadline: .never))
            state.current = connection
            return connection
        }
    }

    func close() {
        let connection = state.withLock { state in
            state.isClosed = true
            defer { state.current = nil }
            return state.current
        }
        connection?.close(.closed)
    }
}
