import Glibc

/// Whether others than root and the daemon's user can put something else in a file's place.
struct FileTrust {
    /// What is wrong, as the end of a sentence about the file.
    let what: String
    /// A command.
    let remedy: String

    /// - Parameter status: the open file's.
    /// - Returns: nil where only root and this user can.
    static func defect(of path: String, _ status: stat) -> FileTrust? {
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            return FileTrust(what: "belongs to user \(status.st_uid), who could read and replace it", remedy: "chown \(geteuid()) \(path)")
        }
        // Whoever may write the directory can put another file in the place of this one.
        let directory = Paths.parent(of: Paths.resolved(path))
        var above = stat()
        guard unsafe stat(directory, &above) == 0, above.st_mode & S_IWOTH == 0 || above.st_mode & S_ISVTX != 0 else {
            return FileTrust(what: "lies in \(directory), where everybody may replace it", remedy: "chmod o-w \(directory)")
        }
        return nil
    }
}
