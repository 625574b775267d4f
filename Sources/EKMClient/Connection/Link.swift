internal import EKMWire

/// The connection of a client, made when it is needed and made anew when it broke.
final class Link: @unchecked Sendable {
    private let socketPath: String
    private let options: ClientOptions
    private let lock = Lock()
    // Safe to share: guarded by `lock`.
    private var current: Connection?
    private var isClosed = false
    private var lastRequestID: UInt32 = 0

    init(socketPath: String, options: ClientOptions) {
        self.socketPath = socketPath
        self.options = options
    }

    /// Encodes a request under an id of its own, which it keeps when it is sent again.
    func frame<Value: ~Copyable>(_ request: Request<Value>) throws(EKMClientError) -> OutgoingFrame {
        try OutgoingFrame(request.operation, requestID: nextRequestID(), encode: request.encode)
    }

    /// The connection; nil where the daemon does not accept one just now.
    func connection(deadline: Deadline) throws(EKMClientError) -> Connection? {
        lock.lock()
        defer { lock.unlock() }
        guard !isClosed else { throw .closed }
        if let current, current.isOpen { return current }
        guard let socket = try Socket.connect(to: socketPath) else {
            if deadline.hasPassed { throw .deadlineExceeded }
            return nil
        }
        let connection = try Connection(socket, largestAnswer: options.largestAnswer)
        let hello = Request<DaemonInfo>.hello(client: options.name)
        connection.greet(Call(try OutgoingFrame(.hello, requestID: incrementedID(), encode: hello.encode), deadline: .never))
        current = connection
        return connection
    }

    func close() {
        lock.lock()
        let connection = current
        current = nil
        isClosed = true
        lock.unlock()
        connection?.close(.closed)
    }

    private func nextRequestID() -> UInt32 { lock.withLock { incrementedID() } }

    /// Zero is the id of answers that belong to no request.
    private func incrementedID() -> UInt32 {
        lastRequestID = lastRequestID == .max ? 1 : lastRequestID + 1
        return lastRequestID
    }
}
