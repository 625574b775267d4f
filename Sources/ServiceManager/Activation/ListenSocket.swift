import CLinux
import CSystemd
import Glibc

/// A listening Unix stream socket that the service manager made and passed on (sd_listen_fds(3)). Closed when dropped.
package struct ListenSocket: ~Copyable {
    private let descriptor: CInt

    init(adopting descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// The socket that was passed to this process; nil where none was.
    ///
    /// - Throws: `.sockets` where more than one was passed, or one that is no listening Unix stream socket.
    package static func passed() throws(ServiceManagerError) -> ListenSocket? {
        // 1: children must not find the variables again.
        let count = sd_listen_fds(1)
        guard count >= 0 else {
            throw ServiceManagerError(.sockets, "The passed sockets could not be taken over: \(systemErrorText(-count)).")
        }
        guard count > 0 else { return nil }
        guard count == 1 else {
            throw ServiceManagerError(
                .sockets, "The service manager passed \(count) sockets; one is served. Leave one ListenStream= in the socket unit.")
        }
        // SD_LISTEN_FDS_START is a macro.
        let descriptor: CInt = 3
        guard sd_is_socket_unix(descriptor, CInt(SOCK_STREAM.rawValue), 1, nil, 0) > 0 else {
            throw ServiceManagerError(
                .sockets,
                "What the service manager passed is not a listening Unix stream socket. Give the socket unit ListenStream=/path/of/socket.")
        }
        return ListenSocket(adopting: descriptor)
    }

    /// Where it is bound; nil where it has no path.
    package var path: String? {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(descriptor, $0, &length) }
        }
        let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        guard result == 0, Int(length) > start else { return nil }
        let bytes = unsafe withUnsafeBytes(of: &address.sun_path) { unsafe Array($0.prefix(Int(length) - start)) }
        let text = bytes.prefix { $0 != 0 }
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
    }

    /// Hands the descriptor over to whom will close it.
    package consuming func take() -> CInt {
        let descriptor = descriptor
        discard self
        return descriptor
    }

    deinit { close(descriptor) }
}
