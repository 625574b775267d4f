import Foundation

/// A service manager's end of `$NOTIFY_SOCKET`: a real datagram socket, read by a thread of its own.
package final class ManagerSocket: Sendable {
    /// What goes into `$NOTIFY_SOCKET`.
    package let path: String
    private let descriptor: Int32
    private let received = Guarded<[(at: ContinuousClock.Instant, text: String)]>([])

    package init(path: String) throws {
        self.path = path
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.descriptor = descriptor
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < 108 else { throw ProcessFailure("too long for a socket: \(path)") }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard descriptor >= 0, bound == 0 else { throw ProcessFailure("no socket at \(path): \(String(cString: strerror(errno)))") }
        let received = received
        Thread.detachNewThread {
            var bytes = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(descriptor, &bytes, bytes.count, 0)
                // Shut down: the fixture is gone.
                guard count > 0 else { break }
                let text = String(decoding: bytes.prefix(count), as: UTF8.self)
                received.with { $0.append((.now, text)) }
            }
            close(descriptor)
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// All datagrams so far, in order.
    package var messages: [String] { received.with { $0.map(\.text) } }

    /// The lines of all datagrams so far, in order, such as `READY=1`.
    package var lines: [String] { messages.flatMap { $0.split(separator: "\n").map(String.init) } }

    /// The last `STATUS=`.
    package var status: String? { lines.last { $0.hasPrefix("STATUS=") }.map { String($0.dropFirst(7)) } }

    package func count(of line: String) -> Int { lines.count { $0 == line } }

    /// Whether the line came in time.
    package func wait(
        for line: String, timeout: Duration = .seconds(10), while isWorthIt: @escaping @Sendable () -> Bool = { true }
    ) async throws -> Bool {
        try await wait(until: { $0.count(of: line) > 0 }, timeout: timeout, while: isWorthIt)
    }

    /// Whether the condition came true in time; looked at every 2 ms.
    package func wait(
        until condition: @escaping @Sendable (ManagerSocket) -> Bool, timeout: Duration = .seconds(10),
        while isWorthIt: @escaping @Sendable () -> Bool = { true }
    ) async throws -> Bool {
        try await blocking {
            let deadline = ContinuousClock.now + timeout
            while !condition(self) {
                guard ContinuousClock.now < deadline, isWorthIt() else { return condition(self) }
                usleep(2_000)
            }
            return true
        }
    }
}
