import Bedrock
import Cryptography
import EKMStreams

/// Key material that a customer uploads: 32 bytes in base64, as `openssl rand -base64 32` makes them.
enum MaterialFile {
    static let size = 32
    /// No file with 32 bytes in base64 is larger, however much white space an editor left at its end.
    private static let largest = 4096
    private static let remedy = "Make material with: openssl rand -base64 32. Nothing was changed."

    /// Reads the material; every way in which a file is none has an error of its own.
    static func read(_ path: String) throws(Failure) -> SecretBytes {
        let input = try InputFile(path, lookAhead: largest + 1)
        let count = try input.look(largest + 1)
        guard count > 0 else { throw invalid("\(path) is empty") }
        guard count <= largest else { throw invalid("\(path) is too large to be key material: more than \(largest) bytes") }
        return try input.withBeginning { (bytes) throws(Failure) in try parse(bytes, path) }
    }

    private static func parse(_ bytes: RawSpan, _ path: String) throws(Failure) -> SecretBytes {
        var text = bytes.array
        defer { text.wipe() }
        if text.starts(with: Array("-----BEGIN".utf8)) {
            throw invalid("\(path) is a PEM file: a certificate or a key pair, not \(size) bytes of key material")
        }
        guard text.allSatisfy({ (0x20..<0x7F).contains($0) || [0x09, 0x0A, 0x0D].contains($0) }) else {
            throw invalid("\(path) is a binary file: key material is given as base64 text")
        }
        var content = Array(text[...].trimmingSpaceAtEnd)
        defer { content.wipe() }
        guard var material = Base64.bytes(of: content) else { throw invalid("\(path) is not base64") }
        defer { material.wipe() }
        guard material.count == size else {
            throw invalid("\(path) has \(material.count) bytes of key material; it must have exactly \(size)")
        }
        guard material.contains(where: { $0 != 0 }) else { throw invalid("\(path) is all zeros: that is no key") }
        do {
            return try SecretBytes(copying: unsafe material.span.bytes)
        } catch {
            throw Failure(.software, "internal", error.message)
        }
    }

    private static func invalid(_ what: String) -> Failure { Failure(.dataError, "material-invalid", what, remedy: remedy) }
}
