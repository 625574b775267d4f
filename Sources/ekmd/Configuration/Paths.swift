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
}
