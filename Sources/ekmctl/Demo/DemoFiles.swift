import FoundationEssentials
import Glibc

/// Real files of this machine.
enum DemoFiles {
    static let largestFile = 1 << 20
    private static let places = ["/usr/share/common-licenses", "/usr/share/doc", "/etc", "/usr/share", "/usr/include", "/usr/lib"]

    /// The paths of readable, regular files of up to 1 MiB.
    static func collect(_ count: Int) -> [String] {
        var found: [String] = []
        for place in places where found.count < count { walk(place, depth: 0, count, &found) }
        return found
    }

    private static func walk(_ directory: String, depth: Int, _ count: Int, _ found: inout [String]) {
        guard depth < 4, let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else { return }
        for name in names.sorted() where found.count < count {
            let path = "\(directory)/\(name)"
            var status = stat()
            guard unsafe lstat(path, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFREG where status.st_size <= largestFile && !found.contains(path):
                if unsafe access(path, R_OK) == 0 { found.append(path) }
            case S_IFDIR: walk(path, depth: depth + 1, count, &found)
            default: break
            }
        }
    }

    /// The content of a file of up to 1 MiB, or nil where it cannot be read, or grew.
    static func read(_ path: String) -> [UInt8]? {
        guard let input = try? InputFile(path, lookAhead: largestFile + 1), let count = try? input.look(largestFile + 1) else { return nil }
        return count <= largestFile ? input.withBeginning { $0.array } : nil
    }
}
