import Glibc

/// A service manager's end of `$NOTIFY_SOCKET`: a real datagram socket.
final class NotifySocket {
    private let descriptor: Int32

    struct Failure: Error {
        let code: Int32
    }

    init() throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // Binding to the family alone gives an abstract address that nobody else has.
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sa_family_t>.size)) }
        }
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let named = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard descriptor >= 0, bound == 0, named == 0 else { throw Failure(code: errno) }
        let name = withUnsafeBytes(of: &address.sun_path) { Array($0.prefix(Int(length) - 2).dropFirst()) }
        setenv("NOTIFY_SOCKET", "@" + String(decoding: name, as: UTF8.self), 1)
        // A datagram that never comes must not hang the test.
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    /// The next datagram; nil where none comes.
    func receive() -> String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }

    func forget() { unsetenv("NOTIFY_SOCKET") }

    deinit { close(descriptor) }
}
