internal import CLinux
internal import Glibc

/// Which file clients find the socket by.
struct SocketFile: Sendable {
    /// What stands at its path now.
    enum Sight {
        case itself, nothing, another
    }

    private let path: String
    private let device: dev_t
    private let inode: ino_t

    /// - Returns: nil where nothing stands there.
    init?(at path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        self.path = path
        (device, inode) = (status.st_dev, status.st_ino)
    }

    func look() -> Sight {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return errno == ENOENT || errno == ENOTDIR ? .nothing : .another }
        return status.st_dev == device && status.st_ino == inode ? .itself : .another
    }
}
