import CLinux
import Glibc

/// A short program that was run to its end, and what it said.
struct CapturedProgram {
    private static let largest = 64 * 1024

    /// Nil where it did not end in time.
    let status: Int32?
    let output: String

    init(_ path: String, _ arguments: [String], milliseconds: Int = 10_000) throws(Failure) {
        // A file, not a pipe: nobody must read while it writes.
        let descriptor = unsafe open("/tmp", O_RDWR | O_CLOEXEC | Int32(0o20000000) | O_DIRECTORY, 0o600)
        guard descriptor >= 0 else { throw .cannotCreate("/tmp", errno) }
        defer { close(descriptor) }
        var child = try ChildProgram(path, arguments, output: descriptor)
        status = child.wait(milliseconds: milliseconds)
        var bytes = [UInt8](repeating: 0, count: Self.largest)
        let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
        output = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
