import CLinux
import Glibc

/// Where an output goes, and how it gets its name.
enum OutputTarget {
    /// Written as it comes: standard output, a pipe, a device.
    case stream
    /// A file without a name, which takes `path` at the end.
    case unnamed(path: String)
    /// A hidden file beside `path`, which takes its place at the end.
    case hidden(PendingFile, path: String)

    /// `O_TMPFILE`, which Glibc's module does not show.
    private static let unnamedFile = Int32(0o20000000) | O_DIRECTORY

    static func open(_ path: String, mode: mode_t, allowsUnnamed: Bool = true) throws(Failure) -> (Int32, OutputTarget) {
        var status = stat()
        let exists = unsafe stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT == S_IFDIR { throw .cannotCreate(path, EISDIR) }
        if exists, status.st_mode & S_IFMT != S_IFREG {
            let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
            guard descriptor >= 0 else { throw .cannotCreate(path, errno) }
            return (descriptor, .stream)
        }
        if exists, unsafe access(path, W_OK) != 0 { throw .cannotCreate(path, errno) }
        // The file behind a link is replaced, not the link.
        let path = exists ? resolved(path) : path
        let directory = parent(path)
        var descriptor: Int32 = -1
        errno = EOPNOTSUPP
        if allowsUnnamed { descriptor = unsafe Glibc.open(directory, O_WRONLY | O_CLOEXEC | unnamedFile, mode) }
        var target = OutputTarget.unnamed(path: path)
        if descriptor < 0 {
            guard [EOPNOTSUPP, EISDIR, EINVAL, ENOENT].contains(errno) else { throw .cannotCreate(path, errno) }
            let hidden = temporaryName(path)
            descriptor = unsafe Glibc.open(hidden, O_WRONLY | O_CLOEXEC | O_CREAT | O_EXCL, mode)
            guard descriptor >= 0 else { throw .cannotCreate(path, errno) }
            target = .hidden(PendingFile(hidden), path: path)
        }
        if exists { fchmod(descriptor, status.st_mode & 0o7777) }
        return (descriptor, target)
    }

    /// - Returns: an error number, or 0.
    func commit(_ descriptor: Int32) -> Int32 {
        switch self {
        case .stream: return 0
        case .unnamed(let path):
            guard fsync(descriptor) == 0 else { return errno }
            let source = "/proc/self/fd/\(descriptor)"
            if unsafe linkat(AT_FDCWD, source, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 { return Self.syncDirectory(path) }
            guard errno == EEXIST else { return errno }
            // A link does not replace: it gets a name beside the target for a moment, in which no signal may end the process.
            return SignalGuard.withoutSignals {
                let hidden = Self.temporaryName(path)
                guard unsafe linkat(AT_FDCWD, source, AT_FDCWD, hidden, AT_SYMLINK_FOLLOW) == 0 else { return errno }
                guard unsafe rename(hidden, path) == 0 else {
                    let error = errno
                    unsafe unlink(hidden)
                    return error
                }
                return Self.syncDirectory(path)
            }
        case .hidden(let pending, let path):
            guard fsync(descriptor) == 0 else { return errno }
            return pending.rename(to: path) ?? Self.syncDirectory(path)
        }
    }

    /// Leaves nothing behind. After ``commit(_:)`` there is nothing to discard.
    func discard() {
        if case .hidden(let pending, _) = self { pending.remove() }
    }

    /// Makes the name of a file durable.
    /// - Returns: an error number, or 0.
    static func syncDirectory(_ path: String) -> Int32 {
        let directory = unsafe Glibc.open(parent(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return 0 }
        defer { close(directory) }
        // Some file systems cannot sync a directory.
        return fsync(directory) == 0 || errno == EINVAL ? 0 : errno
    }

    private static func temporaryName(_ path: String) -> String {
        "\(parent(path))/.\(path.split(separator: "/").last ?? "output").\(getpid())-\(UInt32.random(in: 0...UInt32.max)).part"
    }

    private static func parent(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func resolved(_ path: String) -> String {
        guard let real = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }
}
