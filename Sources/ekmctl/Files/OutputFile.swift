import CLinux
import Glibc

/// A file that stands under its name only once it is complete, or standard output.
///
/// A file without a name takes the bytes (`O_TMPFILE`); it is synced, and takes its name in one step at the end. So a failure, a signal or a crash on
/// the way leaves nothing behind. Where the file system knows no such files, a hidden one beside the target takes them, removed on failures and
/// signals.
struct OutputFile: ~Copyable {
    static let standardOutputName = "standard output"

    let name: String
    private let descriptor: Int32
    private let target: OutputTarget

    /// - Parameters:
    ///   - path: nil or `-` for standard output.
    ///   - mode: the permissions of a new file, before the umask. A file that is replaced gives its own.
    ///   - allowsUnnamed: false takes a hidden file in any case.
    init(_ path: String?, mode: mode_t = 0o666, allowsUnnamed: Bool = true) throws(Failure) {
        guard let path, path != "-" else {
            name = Self.standardOutputName
            descriptor = STDOUT_FILENO
            target = .stream
            return
        }
        name = path
        (descriptor, target) = try OutputTarget.open(path, mode: mode, allowsUnnamed: allowsUnnamed)
    }

    deinit {
        target.discard()
        if descriptor != STDOUT_FILENO { close(descriptor) }
    }

    func write(_ bytes: RawSpan) throws(Failure) {
        var offset = 0
        while offset < bytes.byteCount {
            let rest = bytes.extracting(offset..<bytes.byteCount)
            let written = unsafe rest.withUnsafeBytes { buffer in unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count) }
            if written < 0 {
                if errno == EINTR { continue }
                throw .writeFailed(name, errno)
            }
            offset += written
        }
    }

    /// Gives the complete file its name.
    func commit() throws(Failure) {
        let error = target.commit(descriptor)
        if error != 0 { throw .writeFailed(name, error) }
    }
}
