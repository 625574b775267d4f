import EKMStreams
import Glibc

/// A file, or standard input, whose beginning can be looked at before it is read.
final class InputFile {
    static let standardInputName = "standard input"

    let name: String
    /// The size of a regular file in bytes, as it was when it was opened.
    let size: UInt64?
    private let descriptor: Int32
    private var ahead: WipedBuffer
    private var aheadCount = 0
    private var aheadTaken = 0
    private var ended = false

    /// - Parameters:
    ///   - path: nil or `-` for standard input.
    ///   - lookAhead: how many bytes can be looked at, at most.
    init(_ path: String?, lookAhead: Int) throws(Failure) {
        if let path, path != "-" {
            name = path
            descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
            guard descriptor >= 0 else { throw .cannotRead(path, errno) }
        } else {
            name = Self.standardInputName
            descriptor = STDIN_FILENO
        }
        ahead = WipedBuffer(byteCount: lookAhead)
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            size = nil
            throw .cannotRead(name, errno)
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            size = nil
            throw .cannotRead(name, EISDIR)
        }
        size = status.st_mode & S_IFMT == S_IFREG ? UInt64(status.st_size) : nil
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    /// Makes sure that the first `count` bytes are in memory, or all that there are.
    /// - Returns: how many of them there are.
    func look(_ count: Int) throws(Failure) -> Int {
        while aheadCount < count, !ended {
            let got = try ahead.write(aheadCount..<count) { (rest) throws(Failure) in try self.readDescriptor(&rest) }
            if got == 0 { ended = true }
            aheadCount += got
        }
        return min(count, aheadCount)
    }

    /// Lends the bytes that were looked at.
    func withBeginning<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R { try ahead.read(0..<aheadCount, body) }

    /// Reads on: first what was looked at, then the rest.
    func read(_ span: inout MutableRawSpan) throws(Failure) -> Int {
        if aheadTaken < aheadCount {
            let count = min(span.byteCount, aheadCount - aheadTaken)
            ahead.read(aheadTaken..<aheadTaken + count) { bytes in
                unsafe span.withUnsafeMutableBytes { target in unsafe bytes.withUnsafeBytes { unsafe target.copyMemory(from: $0) } }
            }
            aheadTaken += count
            return count
        }
        return ended ? 0 : try readDescriptor(&span)
    }

    private func readDescriptor(_ span: inout MutableRawSpan) throws(Failure) -> Int {
        while true {
            let got = unsafe span.withUnsafeMutableBytes { buffer in unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
            if got >= 0 { return got }
            if errno != EINTR { throw .readFailed(name, errno) }
        }
    }
}
