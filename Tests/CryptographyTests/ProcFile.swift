import Glibc

/// A file of `/proc`, read to its end: each read gives a page at most, where Foundation would stop.
enum ProcFile {
    static func lines(_ path: String) -> [Substring] {
        let file = open(path, O_RDONLY)
        defer { close(file) }
        var text: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let size = read(file, &part, part.count)
            guard size > 0 else { break }
            text += part[..<size]
        }
        return String(decoding: text, as: UTF8.self).split(separator: "\n")
    }
}
