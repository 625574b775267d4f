import FoundationEssentials
import Glibc

/// A private directory for sockets, state and keys, removed with everything in it at the end.
final class Scratch {
    let path: String

    init() throws(Failure) {
        // A socket's path has at most 107 bytes.
        let wished = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? ""
        let parent = wished.isEmpty || wished.utf8.count > 60 ? "/tmp" : wished
        var template = Array("\(parent)/ekmbench-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw .system("no directory could be made in \(parent)", errno, remedy: "Let TMPDIR name one where you may write.")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }
}
