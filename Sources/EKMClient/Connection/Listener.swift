internal import CLinux
internal import Glibc

/// The user whose process listens on a socket, as the kernel tells it: whoever made the socket may be anybody.
struct Listener {
    let user: UInt32

    /// Who listens at the other end of a connection; nil where the kernel does not tell.
    init?(of descriptor: Int32) {
        var credentials = ekm_peer_credentials()
        var size = socklen_t(MemoryLayout<ekm_peer_credentials>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0, credentials.pid > 0 else { return nil }
        user = credentials.uid
    }

    init(user: UInt32) { self.user = user }

    /// Whether plaintext may go there: to root, to this user, to one who was named, or to one to whom root gave the socket's directory.
    func isTrusted(by caller: UInt32, named: UInt32?, path: String) -> Bool {
        user == 0 || user == caller || user == named || Self.keeper(of: path) == user
    }

    /// The owner of the directory of `path`, where nobody but root can have put it there; else nil.
    static func keeper(of path: String) -> UInt32? {
        guard let real = unsafe realpath(Self.parent(of: path), nil) else { return nil }
        defer { unsafe free(real) }
        let directory = unsafe String(cString: real)
        guard directory != "/", let owner = owner(of: directory) else { return nil }
        var above = directory
        repeat {
            above = parent(of: above)
            guard Self.owner(of: above) == 0 else { return nil }
        } while above != "/"
        return owner
    }

    /// The owner of a directory that nobody else may write; else nil.
    private static func owner(of directory: String) -> UInt32? {
        var facts = stat()
        guard unsafe lstat(directory, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR, facts.st_mode & 0o022 == 0 else { return nil }
        return facts.st_uid
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
