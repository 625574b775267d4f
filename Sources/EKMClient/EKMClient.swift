internal import EKMWire
internal import Glibc

/// A client of the daemon, for any number of threads and tasks at a time.
///
/// The methods here are the async face; ``blocking`` is the other. Calls share one connection, on which they do not wait for one another. It is made
/// by the first call, and made anew when it broke: a request that had not left, or that may be repeated, is then sent once more.
public final class EKMClient: Sendable {
    /// The path of the daemon's socket.
    public let socketPath: String
    public let options: ClientOptions
    private let link: Link

    public init(socketPath: String = SocketPath.current, options: ClientOptions = ClientOptions()) {
        self.socketPath = socketPath
        self.options = options
        link = Link(socketPath: socketPath, options: options)
    }

    deinit { link.close() }

    /// The face whose methods wait on the calling thread.
    public var blocking: BlockingClient { BlockingClient(client: self) }

    /// Ends the connection. Calls that wait fail with ``EKMClientError/Code/closed``, and so do later ones.
    public func close() { link.close() }

    func perform<Value: ~Copyable>(_ request: Request<Value>, timeout: Duration?) async throws(EKMClientError) -> Value {
        let deadline = Deadline.after(timeout ?? options.timeout)
        let frame = try link.frame(request)
        var attempt = Attempt(operation: request.operation)
        while true {
            guard let connection = try link.connection(deadline: deadline) else {
                do { try await Task.sleep(for: .milliseconds(1)) } catch { throw .cancelled }
                continue
            }
            let outcome = await connection.perform(Call(frame, deadline: deadline))
            if let answer = try attempt.answer(outcome) { return try answer.answer(request.decode) }
        }
    }

    func performBlocking<Value: ~Copyable>(_ request: Request<Value>, timeout: Duration?) throws(EKMClientError) -> Value {
        let deadline = Deadline.after(timeout ?? options.timeout)
        let frame = try link.frame(request)
        var attempt = Attempt(operation: request.operation)
        while true {
            guard let connection = try link.connection(deadline: deadline) else {
                usleep(1000)
                continue
            }
            let outcome = connection.performBlocking(Call(frame, deadline: deadline))
            if let answer = try attempt.answer(outcome) { return try answer.answer(request.decode) }
        }
    }
}
