internal import Glibc

/// A connected, non-blocking Unix socket, closed at the end of its life.
struct Socket: ~Copyable, Sendable {
    let descriptor: Int32

    /// Takes over a descriptor that is connected.
    init(adopting descriptor: Int32) { self.descriptor = descriptor }

    /// Connects. Returns nil where the daemon has more connections waiting than it accepts just now: try again.
    static func connect(to path: String) throws(EKMClientError) -> Socket? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity, !path.isEmpty else {
            throw EKMClientError(
                .connectionFailed, "The socket's path must have 1 to \(capacity - 1) bytes: \(path)", remedy: "Use a shorter path.")
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = Glibc.socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw .connecting(to: path, errno) }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        let error = errno
        let socket = Socket(adopting: descriptor)
        guard result != 0 else { return socket }
        if error == EAGAIN || error == EINTR { return nil }
        throw .connecting(to: path, error)
    }

    deinit { close(descriptor) }

    /// Sends from an offset on: how many bytes the kernel took, or -1 with `errno`. Never raises SIGPIPE.
    func send(_ bytes: [UInt8], from offset: Int) -> Int {
        unsafe bytes.withUnsafeBytes { buffer in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[offset...])
            return unsafe Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }
    }

    /// Reads once: how many bytes, 0 at the end, or -1 with `errno`.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        unsafe recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
    }

    /// Ends the connection both ways; the descriptor stays valid for threads that still hold it.
    func shutDown() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
