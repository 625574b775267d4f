import Glibc

/// Questions about paths that are answered after symbolic links.
enum Paths {
    /// Whether a file lies in a directory or below it, links followed; neither needs to exist.
    static func isInside(_ path: String, directory: String) -> Bool {
        let file = resolved(path)
        let directory = resolved(directory)
        return file == directory || file.hasPrefix(directory == "/" ? "/" : directory + "/")
    }

    /// With `.`, `..`, doubled slashes and links resolved, as far as the path exists.
    static func resolved(_ path: String) -> String {
        var missing: [Substring] = []
        var existing = path.split(separator: "/", omittingEmptySubsequences: true)[...]
        while true {
            if let real = unsafe realpath("/" + existing.joined(separator: "/"), nil) {
                defer { unsafe free(real) }
                var parts = unsafe String(cString: real).split(separator: "/")
                // What does not exist cannot be a link: `..` there is taken by the letter.
                for part in missing.reversed() where part != "." {
                    if part == ".." { _ = parts.popLast() } else { parts.append(part) }
                }
                return "/" + parts.joined(separator: "/")
            }
            guard let last = existing.popLast() else { return "/" + missing.reversed().joined(separator: "/") }
            missing.append(last)
        }
    }

    /// The directory that holds it.
    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    /// The system's refusal to make a directory.
    struct Refusal: Error {
        let number: CInt
    }

    /// Makes a directory and those above it where they are not there yet; what is there keeps its mode.
    static func makeDirectories(_ path: String, mode: mode_t) throws(Refusal) {
        if unsafe mkdir(path, mode) == 0 {
            // The mode of mkdir is cut by the umask.
            guard unsafe chmod(path, mode) == 0 else { throw Refusal(number: errno) }
            return
        }
        switch errno {
        case EEXIST:
            var status = stat()
            guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { throw Refusal(number: ENOTDIR) }
        case ENOENT where path != "/":
            try makeDirectories(parent(of: path), mode: mode)
            try makeDirectories(path, mode: mode)
        default: throw Refusal(number: errno)
        }
    }
}
