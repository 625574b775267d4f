import EKMStreams
import Testing

@Suite("A stream that was changed is refused")
struct StreamTamperingTests {
    static let chunk = ChunkSize.standard.byteCount
    static let sealed = chunk + 16
    /// Header and commitment, with the eight bytes of the fake's wrapped key.
    static let start = 80

    let lender = FakeLender()

    @Test("wherever one bit of its header or commitment is flipped")
    func header() throws {
        let stream = try Stream.encrypt([1, 2, 3], by: lender)
        for offset in 0..<Self.start {
            for bit in 0..<8 {
                var changed = stream
                changed[offset] ^= 1 << UInt8(bit)
                let result = Stream.partial(changed, by: lender)
                #expect(result.released.isEmpty, "byte \(offset), bit \(bit)")
                #expect(result.error?.code == .cannotDecrypt || result.error?.code == .unknownFormat, "byte \(offset), bit \(bit)")
            }
        }
    }

    @Test("wherever a chunk is touched, and what is released before is true")
    func chunks() throws {
        let plaintext = Stream.pattern(2 * Self.chunk + 100)
        let stream = try Stream.encrypt(plaintext, by: lender)
        for (offset, intact) in [(Self.start, 0), (Self.start + Self.sealed - 1, 0), (Self.start + Self.sealed, 1), (stream.count - 1, 2)] {
            var changed = stream
            changed[offset] ^= 1
            let result = Stream.partial(changed, by: lender)
            #expect(result.error?.code == .cannotDecrypt)
            let isTrue = result.released == Array(plaintext[..<(intact * Self.chunk)])
            #expect(isTrue)
        }
    }

    @Test("wherever it is cut")
    func truncation() throws {
        let stream = try Stream.encrypt(Stream.pattern(2 * Self.chunk), by: lender)
        var cuts = Set(0...Self.start)
        for boundary in [Self.start, Self.start + Self.sealed, stream.count] {
            for distance in [-17, -16, -15, -1, 0, 1, 15, 16, 17] { cuts.insert(boundary + distance) }
        }
        for cut in cuts where cut < stream.count {
            #expect(Stream.partial(Array(stream[..<cut]), by: lender).error?.code == .cannotDecrypt, "cut at \(cut)")
        }
    }

    @Test(
        "when its chunks are swapped, dropped, repeated, or followed by more",
        arguments: ["swap", "drop first", "drop middle", "repeat", "append byte", "append chunk", "append stream"])
    func order(_ change: String) throws {
        let stream = try Stream.encrypt(Stream.pattern(4 * Self.chunk), by: lender)
        let head = Array(stream[..<Self.start])
        let chunks = (0..<4).map { Array(stream[(Self.start + $0 * Self.sealed)..<(Self.start + ($0 + 1) * Self.sealed)]) }
        let order: [Int] =
            switch change {
            case "swap": [1, 0, 2, 3]
            case "drop first": [1, 2, 3]
            case "drop middle": [0, 2, 3]
            case "repeat": [0, 1, 1, 2, 3]
            case "append chunk": [0, 1, 2, 3, 3]
            default: [0, 1, 2, 3]
            }
        var changed = head + order.flatMap { chunks[$0] }
        if change == "append byte" { changed.append(0) }
        if change == "append stream" { changed += stream }
        #expect(Stream.partial(changed, by: lender).error?.code == .cannotDecrypt)
    }

    @Test("when an empty last chunk follows a whole one, even one that was sealed so")
    func emptyLastChunk() throws {
        let empty = try Stream.encrypt([], by: lender)
        #expect(try Stream.decrypt(empty, by: lender).isEmpty)
        let whole = try Stream.encrypt(Stream.pattern(Self.chunk), by: lender)
        #expect(Stream.partial(whole + empty[Self.start...], by: lender).error?.code == .cannotDecrypt)
    }

    @Test("when its beginning belongs to another stream under the same key")
    func splice() throws {
        let one = FakeLender(key: [UInt8](repeating: 7, count: 32), wrapped: [UInt8](repeating: 1, count: 8))
        let first = try Stream.encrypt(Stream.pattern(100), by: one)
        let second = try Stream.encrypt(Stream.pattern(100), by: one)
        #expect(Stream.partial(Array(first[..<Self.start] + second[Self.start...]), by: one).error?.code == .cannotDecrypt)
    }

    @Test("and says so where the format is not known")
    func formats() throws {
        let stream = try Stream.encrypt([1], by: lender)
        for offset in [0, 3, 4] {
            var changed = stream
            changed[offset] = 9
            #expect(Stream.partial(changed, by: lender).error?.code == .unknownFormat)
        }
    }
}
