import EKMStreams
import Testing

@Suite("A stream comes back")
struct StreamRoundTripTests {
    static let chunk = ChunkSize.standard.byteCount

    @Test("of every size around the chunk's", arguments: [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 5 * chunk + 17])
    func sizes(_ size: Int) throws {
        let lender = FakeLender()
        let plaintext = Stream.pattern(size)
        let stream = try Stream.encrypt(plaintext, by: lender)
        let chunks = max(1, (size + Self.chunk - 1) / Self.chunk)
        #expect(stream.count == 72 + 8 + size + 16 * chunks)
        #expect(try Stream.decrypts(stream, to: plaintext, by: lender))
    }

    @Test("however the input is cut into reads", arguments: [1, 7, 4096, 65_537])
    func reads(_ step: Int) throws {
        let lender = FakeLender()
        let plaintext = Stream.pattern(2 * Self.chunk + 5)
        let stream = try Stream.encrypt(plaintext, by: lender, step: step)
        #expect(try Stream.decrypts(stream, to: plaintext, by: lender, step: step))
    }

    @Test("in larger chunks, where they were asked for")
    func largerChunks() throws {
        let lender = FakeLender()
        let plaintext = Stream.pattern(3 * Self.chunk)
        let size = try #require(ChunkSize(log2: 17))
        let stream = try Stream.encrypt(StreamEncryptor(lender: lender, chunkSize: size), Stream.reader(plaintext))
        #expect(stream[5] == 17)
        #expect(try Stream.decrypts(stream, to: plaintext, by: lender))
    }

    @Test("and two streams of the same plaintext share nothing behind the wrapped key")
    func freshSalt() throws {
        let lender = FakeLender(key: [UInt8](repeating: 9, count: 32), wrapped: [1, 2, 3])
        let first = try Stream.encrypt([1, 2, 3], by: lender)
        let second = try Stream.encrypt([1, 2, 3], by: lender)
        #expect(first[..<11] == second[..<11])
        #expect(first[11..<43] != second[11..<43])
        #expect(first[75...] != second[75...])
    }

    @Test("and hears of its progress")
    func progress() throws {
        var heard: [UInt64] = []
        try StreamEncryptor(lender: FakeLender()).encrypt(
            read: Stream.reader(Stream.pattern(Self.chunk + 1)), write: { _ in }, progress: { heard.append($0) })
        #expect(heard == [UInt64(Self.chunk), UInt64(Self.chunk) + 1])
    }
}
