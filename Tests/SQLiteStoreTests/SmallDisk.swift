import FoundationEssentials
import Glibc

/// A file system in memory with room for half a MiB; gone when the value is.
final class SmallDisk: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "ekmd-disk-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard mount("tmpfs", path, "tmpfs", 0, "size=512k") == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    deinit {
        umount2(path, Int32(2))
        rmdir(path)
    }

    /// Containers often have root without the right to mount.
    static var isPossible: Bool { (try? SmallDisk()) != nil }

    /// Takes the rest of the room.
    func fill() throws {
        let descriptor = open(path + "/filling", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        defer { close(descriptor) }
        let bytes = [UInt8](repeating: 1, count: 1024)
        while write(descriptor, bytes, bytes.count) > 0 {}
    }

    func resize(_ size: String) throws {
        guard mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT), "size=\(size)") == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
