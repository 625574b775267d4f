import EKMWire
import Glibc
import TestSupport

/// A client that sends bytes as they are, so that it can send wrong ones. Blocking calls run on threads of their own.
final class RawClient: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// An answer, copied.
    struct Reply: Sendable {
        let header: FrameHeader
        let status: UInt16
        let secondsLeft: SecondsLeft
        let fields: [UInt8]
        let error: WireError?

        var code: ErrorCode? { error?.code }
    }

    let descriptor: CInt
    private let received = Guarded<[UInt8]>([])

    init(_ path: String) async throws {
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw Failure(description: "connect: \(String(cString: strerror(errno)))") }
    }

    init(adopting descriptor: CInt) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    // MARK: Sending

    func send(_ bytes: [UInt8]) async throws {
        try await blocking { [descriptor] in
            var at = 0
            while at < bytes.count {
                let sent = bytes.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress! + at, bytes.count - at, CInt(MSG_NOSIGNAL))
                }
                guard sent > 0 else { throw Failure(description: "send: \(String(cString: strerror(errno)))") }
                at += sent
            }
        }
    }

    /// Ends the client's direction; answers can still be read.
    func finishSending() { Glibc.shutdown(descriptor, CInt(SHUT_WR)) }

    // MARK: Receiving

    /// The next answer; nil at the end of the stream.
    func receive() async throws -> Reply? {
        try await blocking { try self.receiveBlocking() }
    }

    func receive(_ count: Int) async throws -> [Reply] {
        try await blocking {
            var replies: [Reply] = []
            while replies.count < count, let reply = try self.receiveBlocking() { replies.append(reply) }
            return replies
        }
    }

    /// Sends a request, and gives its answer.
    func ask(_ request: [UInt8]) async throws -> Reply {
        try await send(request)
        guard let reply = try await receive() else { throw Failure(description: "the daemon closed the connection") }
        return reply
    }

    private func receiveBlocking() throws -> Reply? {
        while true {
            if let reply = try received.with({ try Self.takeReply(&$0) }) { return reply }
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count >= 0 else { throw Failure(description: "recv: \(String(cString: strerror(errno)))") }
            guard count > 0 else { return nil }
            received.with { $0.append(contentsOf: chunk[..<count]) }
        }
    }

    private static func takeReply(_ bytes: inout [UInt8]) throws -> Reply? {
        let reply: (Reply, Int)? = try {
            let span = bytes.span.bytes
            guard case .complete(let end) = Frame.scan(span, at: 0, limit: .max) else { return nil }
            let view = try AnswerView(parsing: span, from: 0, to: end)
            let reply = Reply(
                header: view.header, status: view.status, secondsLeft: view.secondsLeft, fields: span.array(view.fields),
                error: try view.failure(in: span))
            return (reply, end)
        }()
        guard let reply else { return nil }
        bytes.removeFirst(reply.1)
        return reply.0
    }
}
