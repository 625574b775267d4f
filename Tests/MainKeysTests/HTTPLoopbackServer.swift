import Bedrock
import Glibc

/// A small HTTP/1.1 server on 127.0.0.1, with a thread for each connection, that answers through a closure.
final class HTTPLoopbackServer: Sendable {
    struct Request: Sendable {
        let method: String
        let path: String
        /// Names in lower case.
        let headers: [String: String]
        let body: [UInt8]
        /// Which connection it came on, from 1.
        let connection: Int

        var text: String { String(decoding: body, as: UTF8.self) }
        var operation: String { headers["x-amz-target"]?.split(separator: ".").last.map(String.init) ?? "" }
    }

    enum Reply: Sendable {
        case answer(status: Int, String)
        /// These bytes, then the connection is closed.
        case raw(String)
        /// Nothing, until the server stops.
        case hang
    }

    private struct State {
        var isStopped = false
        var connections: [CInt] = []
        var requests: [Request] = []
    }

    let port: UInt16
    private let listener: CInt
    private let state = Lock(State())
    private let reply: @Sendable (Request) -> Reply

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { state.withLock { $0.requests } }
    var connections: Int { state.withLock { $0.connections.count } }

    init(_ reply: @escaping @Sendable (Request) -> Reply) {
        signal(SIGPIPE, SIG_IGN)
        self.reply = reply
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                precondition(bind(descriptor, $0, size) == 0 && listen(descriptor, 1024) == 0, "a loopback port can be had")
                getsockname(descriptor, $0, &size)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        // The thread's own: a number that is closed under it may be the next server's before it first accepts.
        let own = dup(descriptor)
        Self.thread { [weak self] in
            defer { close(own) }
            while true {
                let connection = accept(own, nil, nil)
                guard connection >= 0, let self else { return }
                let number = self.state.withLock { state in
                    if state.isStopped { close(connection) } else { state.connections.append(connection) }
                    return state.isStopped ? 0 : state.connections.count
                }
                guard number > 0 else { return }
                Self.thread { [weak self] in
                    while let server = self, let request = server.read(connection, number) {
                        server.state.withLock { $0.requests.append(request) }
                        guard server.write(server.reply(request), connection) else { break }
                    }
                }
            }
        }
    }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        state.withLock { state in
            state.isStopped = true
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    deinit {
        stop()
        close(listener)
        for connection in state.withLock({ $0.connections }) { close(connection) }
    }

    private func read(_ connection: CInt, _ number: Int) -> Request? {
        var head: [UInt8] = []
        var byte: UInt8 = 0
        while !head.hasSuffix([13, 10, 13, 10]) {
            guard recv(connection, &byte, 1, 0) == 1 else { return nil }
            head.append(byte)
        }
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n").map(String.init)
        let first = lines[0].split(separator: " ").map(String.init)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
        }
        let length = Int(headers["content-length"] ?? "0") ?? 0
        var body: [UInt8] = []
        while body.count < length {
            guard recv(connection, &byte, 1, 0) == 1 else { return nil }
            body.append(byte)
        }
        return Request(method: first[0], path: first[1], headers: headers, body: body, connection: number)
    }

    /// - Returns: whether the connection goes on.
    private func write(_ reply: Reply, _ connection: CInt) -> Bool {
        let text: String
        switch reply {
        case .answer(let status, let body):
            text = "HTTP/1.1 \(status) X\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        case .raw(let raw): text = raw
        case .hang:
            var byte: UInt8 = 0
            _ = recv(connection, &byte, 1, 0)
            return false
        }
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            sent += count
        }
        if case .raw = reply {
            shutdown(connection, Int32(SHUT_RDWR))
            return false
        }
        return true
    }

    private static func thread(_ body: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Box(body))
        let failed = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, context.toOpaque())
        precondition(failed == 0, "a thread can be started")
        pthread_detach(thread)
    }
}

extension [UInt8] {
    fileprivate func hasSuffix(_ suffix: [UInt8]) -> Bool { count >= suffix.count && self[(count - suffix.count)...].elementsEqual(suffix) }
}
