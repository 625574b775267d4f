import EKMStreams
import FoundationEssentials
import Testing

@Suite("The stream format")
struct StreamFormatTests {
    /// The `name  hex` lines of the documentation's code blocks.
    static func example() throws -> [String: [UInt8]] {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let article = package.appending(path: "Sources/EKMStreams/Documentation.docc/StreamFormat.md")
        let text = try String(decoding: Data(contentsOf: article), as: UTF8.self)
        var fields: [String: [UInt8]] = [:]
        for block in text.split(separator: "```").enumerated() where block.offset % 2 == 1 {
            for line in block.element.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let hex = words.last else { continue }
                let name = words.dropLast().joined(separator: " ")
                fields[name] = stride(from: 0, to: hex.count, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
            }
        }
        return fields
    }

    @Test("is what its documentation shows in hex, both ways")
    func documentation() throws {
        let example = try Self.example()
        let field = { (name: String) in try #require(example[name], "the documentation has a line '\(name)'") }
        let lender = FakeLender(key: try field("lent data key"), wrapped: try field("wrapped key"))
        let encryptor = StreamEncryptor(lender: lender, salt: try field("salt"))
        let stream = try Stream.encrypt(encryptor, Stream.reader(try field("plaintext")))
        #expect(stream == (try field("stream")))

        let header = try field("magic") + field("version") + field("suite") + field("chunk size") + field("length") + field("wrapped key")
        #expect(stream == (try header + field("salt") + field("commitment") + field("chunk and tag")))
        #expect(try Stream.decrypt(try field("stream"), by: lender) == field("plaintext"))
    }

    @Test("numbers 2^32 chunks, and refuses the next")
    func counterBound() throws {
        let lender = FakeLender()
        let atBound = StreamEncryptor(lender: lender, firstCounter: .max)
        let last = try Stream.encrypt(atBound, Stream.reader(Stream.pattern(ChunkSize.standard.byteCount)))
        #expect(try StreamDecryptor(lender: lender, firstCounter: .max).decrypt(read: Stream.reader(last), write: { _ in }) == 65_536)
        #expect(throws: StreamError(.tooLong, "")) {
            try Stream.encrypt(atBound, Stream.reader(Stream.pattern(ChunkSize.standard.byteCount + 1)))
        }
        #expect(throws: StreamError(.cannotDecrypt, "")) {
            try StreamDecryptor(lender: lender, firstCounter: .max).decrypt(read: Stream.reader(last + last), write: { _ in })
        }
    }

    @Test("knows chunks of 64 KiB to 16 MiB", arguments: [0, 15, 16, 17, 24, 25, 255] as [UInt8])
    func chunkSizes(_ log2: UInt8) {
        #expect((ChunkSize(log2: log2) != nil) == (16...24).contains(log2))
    }
}
