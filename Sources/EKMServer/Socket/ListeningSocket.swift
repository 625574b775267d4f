internal import CLinux
internal import Glibc

/// A Unix socket that listens, made so that nobody can connect before its mode and group are right.
struct ListeningSocket: ~Copyable {
    private var descriptor: CInt

    /// Makes a socket file. One that is left over from a dead process is replaced; a live one is not touched.
    /// - Throws: ``ServerError``.
    init(path: String, mode: UInt32, group: UInt32?) throws(ServerError) {
        guard path.utf8.count < 108, !path.utf8.contains(0) else {
            throw ServerError(
                .invalidPath, "The socket's path has more than 107 bytes, the most that Linux takes: \(path). Choose a shorter one.")
        }
        try Self.makeDirectory(of: path, group: group)
        try Self.removeLeftOver(path)
        descriptor = try Self.open(path, mode: mode, group: group)
    }

    /// Adopts a socket that listens already.
    init(inherited descriptor: CInt) { self.descriptor = descriptor }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Gives the descriptor to a new owner.
    consuming func take() -> CInt {
        let taken = descriptor
        descriptor = -1
        return taken
    }

    private static func open(_ path: String, mode: UInt32, group: UInt32?) throws(ServerError) -> CInt {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failed("socket", path) }
        do throws(ServerError) {
            guard unsafe withAddress(path, { unsafe bind(descriptor, $0, $1) }) == 0 else { throw failed("bind", path) }
            // Nobody can connect until it listens, whatever the mode is until then.
            guard unsafe chmod(path, mode) == 0 else { throw failed("chmod", path) }
            if let group, unsafe chown(path, uid_t.max, group) != 0 { throw failed("chown", path) }
            guard listen(descriptor, 1024) == 0 else { throw failed("listen", path) }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    // MARK: The file

    /// Its own user's, and its group's where it has one.
    private static func makeDirectory(of path: String, group: UInt32?) throws(ServerError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        let directory = String(path[..<slash])
        guard unsafe mkdir(directory, group == nil ? 0o700 : 0o750) == 0 else {
            guard errno == EEXIST else { throw failed("mkdir", directory) }
            return
        }
        if let group, unsafe chown(directory, uid_t.max, group) != 0 { throw failed("chown", directory) }
    }

    private static func removeLeftOver(_ path: String) throws(ServerError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw failed("stat", path) }
            return
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ServerError(.invalidPath, "\(path) exists, and is not a socket. Move it away, or choose another path.")
        }
        let probe = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { throw failed("socket", path) }
        defer { close(probe) }
        let answered = unsafe withAddress(path) { unsafe connect(probe, $0, $1) }
        // A full backlog (EAGAIN) is an answer too: somebody listens.
        guard answered != 0, errno == ECONNREFUSED else {
            throw ServerError(.inUse, "Another process answers on \(path). Stop it, or choose another socket.")
        }
        guard unsafe unlink(path) == 0 else { throw failed("unlink", path) }
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        return unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func failed(_ call: String, _ path: String) -> ServerError {
        ServerError(
            .cannotListen,
            "The socket \(path) cannot be made (\(call): \(unsafe String(cString: strerror(errno)))). Check its directory and its rights.")
    }
}
