import Foundation

/// A file system in memory, mounted over a directory; gone when the value is.
package final class LimitedDisk: Sendable {
    private let path: String

    /// - Parameter path: made where it is not there yet.
    package init(at path: String, mebibytes: Int) throws {
        self.path = path
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(mebibytes)m,mode=0700") == 0 else {
            throw ProcessFailure("cannot mount a file system: \(String(cString: strerror(errno)))")
        }
    }

    deinit { umount2(path, Int32(2)) }

    /// Containers often have root without the right to mount.
    package static var isPossible: Bool {
        guard geteuid() == 0, let directory = try? TemporaryDirectory() else { return false }
        return (try? LimitedDisk(at: directory.file("disk"), mebibytes: 1)) != nil
    }

    /// Takes all the room that is left.
    package func fill() throws {
        let descriptor = open(path + "/filling", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw ProcessFailure("cannot fill the disk: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        let bytes = [UInt8](repeating: 1, count: 64 << 10)
        var piece = bytes.count
        while piece > 0 {
            if write(descriptor, bytes, piece) <= 0 { piece /= 2 }
        }
    }

    /// Gives back what ``fill()`` took.
    package func free() { unlink(path + "/filling") }
}
