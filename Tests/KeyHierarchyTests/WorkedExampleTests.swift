import Bedrock
import Cryptography
import Foundation
import KeyHierarchy
import Testing

/// The hex in the format's article is what the code makes of the article's own inputs.
@Suite("The worked examples of the ciphertext format")
struct WorkedExampleTests {
    private func count(_ start: UInt8, _ number: Int) -> [UInt8] { (0..<number).map { start &+ UInt8($0) } }

    private func article() throws -> String {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/KeyHierarchy/Documentation.docc/CiphertextFormat.md")
        return try String(contentsOf: path, encoding: .utf8).filter { !$0.isWhitespace }
    }

    @Test("the log ciphertext")
    func log() throws {
        let key = count(0x00, 32)
        let header = Array("EKM".utf8) + [1, 1, 4] + count(0xA0, 16) + count(0xB0, 16)
        let context: [UInt8] = [0, 1, 0, 5] + Array("table".utf8) + [0, 5] + Array("users".utf8)
        let nonce = count(0x40, 24)
        let plaintext = Array("hello".utf8)
        let cipher = try EnvelopeCipher(key: SecretBytes(copying: key.span.bytes))
        let sealed = try [UInt8](unsafeUninitializedCapacity: plaintext.count + EnvelopeCipher.overhead) { buffer, count in
            var output = OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
            try cipher.seal(
                plaintext.span.bytes, header: header.span.bytes, context: context.span.bytes, nonce: nonce.span.bytes, into: &output)
            count = output.finalize(for: UnsafeMutableRawBufferPointer(buffer))
        }
        let text = try article()
        for part in [header, context, nonce, Array(sealed[24..<56]), Array(sealed[56..<61]), Array(sealed[61...])] {
            #expect(text.contains(Hex.text(of: part)), "the article lacks \(Hex.text(of: part))")
        }
    }

    @Test("the derived keys, and the data key's wrap")
    func job() throws {
        let hourly = try SecretBytes(copying: count(0x20, 32).span.bytes)
        let data = try SecretBytes(copying: count(0x00, 32).span.bytes)
        let environment = try #require(EnvironmentID(count(0xA0, 16)))
        let id = try #require(KeyID(count(0xB0, 16)))
        let job = JobDigest(of: "42")
        let place = WrapPlace.dataKey(of: job, under: id, in: environment)
        let nonce = count(0x60, 24)
        let wrapKey = try KeyUse.wrap.key(from: hourly)
        let cipher = try wrapKey.withBytes { try XAES256GCM(key: $0) }
        let wrapped = try [UInt8](unsafeUninitializedCapacity: 48) { buffer, count in
            var output = OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
            try data.withBytes { data in
                try cipher.seal(
                    nonce: nonce.span.bytes, associatedData: place.span.bytes, [UInt8]().span.bytes, plaintext: data, into: &output)
            }
            count = output.finalize(for: UnsafeMutableRawBufferPointer(buffer))
        }
        let opened = try KeyWrapper(wrapping: hourly).unwrap((nonce + wrapped).span.bytes, place: place)
        let isSame = data.withBytes { opened.isEqual(to: $0) }
        #expect(isSame)
        let text = try article()
        let uses = try [KeyUse.wrap, .encrypt, .commit].map { use in
            try use.key(from: data).withBytes { bytes in bytes.byteOffsets.map { bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) } }
        }
        for part in uses + [place, job.bytes, nonce, wrapped] {
            #expect(text.contains(Hex.text(of: part)), "the article lacks \(Hex.text(of: part))")
        }
    }
}
