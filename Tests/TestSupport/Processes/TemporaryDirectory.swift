import Foundation

/// A fresh directory of mode 0700, removed with everything in it when the last reference goes, or the test process.
package final class TemporaryDirectory: Sendable {
    /// The absolute path, without a slash at its end. Short: a Unix socket in it fits into 108 bytes.
    package let path: String

    package init() throws {
        let parent = ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty || $0.count > 40 ? nil : $0 } ?? "/tmp"
        var template = Array("\(parent)/ekmd-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw ProcessFailure("cannot make a directory in \(parent): \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let made = path
        Self.living.with { _ = $0.insert(made) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        Self.living.with { _ = $0.remove(path) }
    }

    /// Those that something still holds when the test process exits are removed then.
    private static let living: Guarded<Set<String>> = {
        atexit { TemporaryDirectory.removeAll() }
        return Guarded([])
    }()

    private static func removeAll() {
        for path in living.with({ $0 }) { try? FileManager.default.removeItem(atPath: path) }
    }

    /// The path of `name` in the directory.
    package func file(_ name: String) -> String {
        "\(path)/\(name)"
    }
}
