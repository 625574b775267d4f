import Glibc

/// The directory that the socket lies in.
struct SocketDirectory {
    let path: String
    let user: UInt32

    init(ofSocket socket: String, user: UInt32 = geteuid()) {
        path = Paths.parent(of: socket)
        self.user = user
    }

    /// Makes it where it is not there yet. Below /tmp, where anybody could have made it first, it must be this user's alone.
    func prepare() throws(StartFailure) {
        let isShared = path == ConfigurationLocations.temporaryDirectory(of: user)
        do {
            // Clients of other users must be able to pass through root's; the socket itself says who may connect.
            try Paths.makeDirectories(path, mode: user == 0 && !isShared ? 0o755 : 0o700)
        } catch {
            throw StartFailure(
                .cannotCreate,
                "The socket's directory \(path) could not be made: \(SystemError.text(error.number)). "
                    + "Name another place with 'socket' in the configuration, or make it writable for the user who runs ekmd.")
        }
        guard isShared else { return }
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == user, status.st_mode & 0o077 == 0
        else {
            throw StartFailure(
                .cannotCreate,
                "\(path), where the socket is to be, is not a private directory of user \(user): somebody else could take the socket's place. "
                    + "Remove it, or set $XDG_RUNTIME_DIR, or name another place with 'socket' in the configuration.")
        }
    }
}
