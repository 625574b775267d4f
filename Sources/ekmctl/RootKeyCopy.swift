import Bedrock
import Cryptography
import EKMClient
import EKMStreams
import EKMWire

/// A copy of the root key, in base64, as `root export` writes it.
enum RootKeyCopy {
    private static let largest = 4096

    /// The id of the key in a file; nil or `-` for standard input.
    static func id(in path: String?) throws(Failure) -> String {
        let input = try InputFile(path, lookAhead: largest + 1)
        let count = try input.look(largest + 1)
        return try input.withBeginning { (bytes) throws(Failure) in
            var text = bytes.array
            defer { text.wipe() }
            guard count <= largest, var key = Base64.bytes(of: text[...].trimmingSpaceAtEnd), key.count == 32 else {
                throw Failure(
                    .dataError, "material-invalid", "\(input.name) does not hold a root key: 32 bytes in base64",
                    remedy: "Take another copy with `ekmctl root export --to FILE`.")
            }
            defer { key.wipe() }
            return try unsafe id(of: key.span.bytes)
        }
    }

    static func id(of key: RawSpan) throws(Failure) -> String {
        do { return try RootKeyID.text(of: SecretBytes(copying: key)) } catch { throw Failure(.software, "internal", error.message) }
    }

    /// Tells the daemon of the copy. One that does not know the operation noted it when it handed the key out.
    static func confirm(_ id: String, _ connection: ConnectionOptions) throws(Failure) {
        do throws(EKMClientError) { try connection.client().blocking.confirmRootExport(id) } catch {
            guard error.refusal?.code != .unknownOperation else { return }
            throw Failure(error, socket: connection.socketPath)
        }
    }
}
