import EKMWire
import Glibc

/// Looks at who may get at the daemon's state and root key, and whether the disk has room.
struct StateCheck {
    private static let least: UInt64 = 64 << 20
    private static let enough: UInt64 = 1 << 30

    private(set) var checks: [DoctorReport.Check] = []

    /// - Parameters:
    ///   - directory: nil where it is not known.
    ///   - rootKey: its file; nil where it is none, or not known.
    init(_ directory: String?, rootKey: String?) {
        if let directory {
            checks.append(Self.permissions("state directory", directory, kind: S_IFDIR, mode: "700"))
            checks.append(Self.room(directory))
        } else {
            checks.append(DoctorReport.Check("state directory", .skipped, "Where it is cannot be told without ekmd or its configuration."))
        }
        if let rootKey { checks.append(Self.permissions("root key", rootKey, kind: S_IFREG, mode: "600")) }
    }

    private static func permissions(_ name: String, _ path: String, kind: mode_t, mode: String) -> DoctorReport.Check {
        var facts = stat()
        guard unsafe lstat(path, &facts) == 0 else {
            let error = errno
            let text = unsafe String(cString: strerror(error))
            guard error == ENOENT else { return DoctorReport.Check(name, .skipped, "\(path): this user may not look (\(text)).") }
            return DoctorReport.Check(
                name, .warning, "\(path) is not there.", remedy: "ekmd makes it at its first start; if it had one, restore it.")
        }
        guard facts.st_mode & S_IFMT == kind else {
            return DoctorReport.Check(name, .failed, "\(path) is something else.", remedy: "See what it is, and move it away.")
        }
        let text = "\(path) belongs to \(FileOwner(facts)), mode \(String(facts.st_mode & 0o777, radix: 8))."
        guard facts.st_mode & 0o077 == 0 else {
            return DoctorReport.Check(name, .failed, "\(text) Others than the daemon can get at it.", remedy: "chmod \(mode) \(path)")
        }
        return DoctorReport.Check(name, .ok, text)
    }

    private static func room(_ path: String) -> DoctorReport.Check {
        var facts = statvfs()
        guard unsafe statvfs(path, &facts) == 0 else {
            return DoctorReport.Check("disk space", .skipped, "\(path): \(unsafe String(cString: strerror(errno))).")
        }
        let free = UInt64(facts.f_bavail) * UInt64(facts.f_frsize)
        let text = "\(ByteCount(free)) are free where the state is."
        if free < least { return DoctorReport.Check("disk space", .failed, text, remedy: "Make room: new keys cannot be stored.") }
        if free < enough { return DoctorReport.Check("disk space", .warning, text, remedy: "Make room soon.") }
        return DoctorReport.Check("disk space", .ok, text)
    }
}
