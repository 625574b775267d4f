import Cryptography
import Foundation

/// One version of a fake KMS key's material, which seals with AES-256-GCM.
///
/// A ciphertext is bound to its key, to this material and to the encryption context, as AWS's are.
struct KeyMaterial: Sendable {
    /// AWS's `KeyMaterialId`: 64 hexadecimal digits.
    let id: String
    let createdAt = Date()
    private let bytes: [UInt8]

    private static let magic = Array("fault-injecting-kms:1:".utf8)
    private static let keyIDLength = 36
    private static let headerLength = magic.count + keyIDLength + 64

    init() {
        var generator = SystemRandomNumberGenerator()
        bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        id = (0..<64).map { _ in String(UInt8.random(in: 0..<16, using: &generator), radix: 16) }.joined()
    }

    /// The key and the material that `ciphertext` says it was made with; nil when it is none of this KMS.
    static func origin(of ciphertext: [UInt8]) -> (key: String, material: String)? {
        guard ciphertext.count > headerLength + 28, ciphertext.starts(with: magic) else { return nil }
        let names = ciphertext[magic.count..<headerLength]
        return (String(decoding: names.prefix(keyIDLength), as: UTF8.self), String(decoding: names.dropFirst(keyIDLength), as: UTF8.self))
    }

    func seal(_ plaintext: [UInt8], key: String, context: [String: String]) throws -> [UInt8] {
        let header = Self.magic + Array(key.utf8) + Array(id.utf8)
        var generator = SystemRandomNumberGenerator()
        let nonce = (0..<12).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let cipher = try AESGCM(key: bytes.span.bytes)
        let sealed = try Self.collect(plaintext.count + 16) { output in
            try cipher.seal(
                nonce: nonce.span.bytes, associatedData: header.span.bytes, Self.canonical(context).span.bytes,
                plaintext: plaintext.span.bytes, into: &output)
        }
        return header + nonce + sealed
    }

    /// The plaintext; nil when the ciphertext, or the context, is not what was sealed.
    func open(_ ciphertext: [UInt8], context: [String: String]) -> [UInt8]? {
        let header = Array(ciphertext[..<Self.headerLength])
        let nonce = Array(ciphertext[Self.headerLength..<Self.headerLength + 12])
        let sealed = Array(ciphertext[(Self.headerLength + 12)...])
        return try? Self.collect(sealed.count - 16) { output in
            try AESGCM(key: bytes.span.bytes).open(
                nonce: nonce.span.bytes, associatedData: header.span.bytes, Self.canonical(context).span.bytes,
                sealed: sealed.span.bytes, into: &output)
        }
    }

    private static func canonical(_ context: [String: String]) -> [UInt8] {
        context.sorted { $0.key < $1.key }.flatMap { pair in
            [pair.key, pair.value].flatMap { text in withUnsafeBytes(of: UInt32(text.utf8.count).bigEndian, Array.init) + Array(text.utf8) }
        }
    }

    private static func collect(_ capacity: Int, _ fill: (inout OutputRawSpan) throws -> Void) throws -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(capacity, 1), alignment: 16)
        defer { buffer.deallocate() }
        var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
        try fill(&output)
        return Array(buffer.prefix(output.finalize(for: buffer)))
    }
}
