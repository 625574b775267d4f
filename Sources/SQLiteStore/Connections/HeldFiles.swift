internal import Glibc

/// The files of a store as they were opened, to be compared with what stands under their names now. All of them are held open by the
/// daemon, so that no other file can have got the number of one that is gone.
struct HeldFiles: Sendable {
    private struct File: Sendable {
        let path: String
        let what: String
        let device: dev_t
        let number: ino_t
    }

    private var files: [File] = []

    /// - Parameter others: SQLite's files beside the database, where it has opened them.
    init(_ directory: StoreDirectory, beside others: [String]) {
        let named = [("the state directory", directory.path), ("its lock file", directory.lock), ("its database", directory.database)]
        for (what, path) in named + others.map({ ("a file of its database", $0) }) {
            guard let status = Self.status(of: path) else { continue }
            files.append(File(path: path, what: what, device: status.st_dev, number: status.st_ino))
        }
    }

    /// What is not where it was, in words.
    var displaced: String? {
        for file in files {
            guard let status = Self.status(of: file.path) else { return "\(file.what), \(file.path), was moved or deleted" }
            guard status.st_ino == file.number, status.st_dev == file.device else {
                return "\(file.what), \(file.path), was replaced by another one"
            }
        }
        return nil
    }

    private static func status(of path: String) -> stat? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status : nil
    }
}
