import Bedrock
import Glibc
import KeyHierarchy

/// Remembers, beside the store, that a backup of the root key was taken: a file with the key's id, nothing secret.
final class RootExportRecord: Sendable {
    private let path: String
    private let id: String
    private let isExported: Lock<Bool>

    init(state: String, root: RootKey) {
        path = state + "/root-exported"
        id = root.id
        isExported = Lock(Self.read(path) == root.id)
    }

    var exported: Bool { isExported.withLock { $0 } }

    /// A record that cannot be kept asks for another backup later, which does no harm.
    func record() {
        isExported.withLock { $0 = true }
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let text = Array((id + "\n").utf8)
        _ = unsafe write(descriptor, text, text.count)
        fsync(descriptor)
    }

    private static func read(_ path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
