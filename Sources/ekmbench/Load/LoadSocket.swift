import Glibc

/// A connected Unix stream socket, closed with its last reference.
final class LoadSocket {
    /// As much as the kernel grants, so that the client never waits for room.
    private static let buffer: Int32 = 4 << 20

    let descriptor: Int32
    /// Who is at the other end; held, so that it is there as long as somebody talks with it.
    let server: ServerProcess

    /// Nil while nobody listens.
    init?(path: String, server: ServerProcess) throws(Failure) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < room else {
            throw .usage("the socket's path has more than \(room - 1) bytes: \(path).", remedy: "Let TMPDIR name a shorter directory.")
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.server = server
        guard descriptor >= 0 else {
            throw .system("a socket could not be made", errno, remedy: "Raise the limit of open files: ulimit -n 4096.")
        }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(descriptor, $0, size) == 0 }
        }
        guard isConnected else { return nil }
        var buffer = Self.buffer
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &buffer, socklen_t(MemoryLayout<Int32>.size))
        var silence = timeval(tv_sec: Deadline.silence, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &silence, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }
}

extension LoadSocket {
    /// Sends a part of the bytes; nil where there is no room for any now.
    func send(_ bytes: [UInt8], from start: Int, count: Int, waits: Bool = false) throws(Failure) -> Int? {
        let flags = Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT))
        let sent = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress.map { unsafe $0 + start }, count, flags) }
        return try checked(sent)
    }

    /// Reads what is there; nil where nothing is now.
    func receive(into inbox: Inbox, waits: Bool) throws(Failure) -> Int? {
        // A signal that comes between two calls interrupts none.
        try Interruption.check()
        let received = unsafe recv(descriptor, inbox.base, Inbox.capacity, waits ? 0 : Int32(MSG_DONTWAIT))
        guard received != 0 else { throw .ended(server.name, log: server.lastWords) }
        let count = try checked(received)
        if count == nil, waits { throw .silent(server.name) }
        return count
    }

    private func checked(_ count: Int) throws(Failure) -> Int? {
        if count >= 0 { return count }
        switch errno {
        case EAGAIN: return nil
        case EINTR: return 0
        default: throw .ended(server.name, log: server.lastWords)
        }
    }
}
