import Cryptography
import Testing

@Suite("Random bytes") struct RandomTests {
    @Test("Any size is filled, also over the generator's limit for one request", arguments: [0, 1, 24, 32, 65_536, 65_537, 300_000])
    func sizes(size: Int) throws {
        let bytes = try Random.bytes(size)
        #expect(bytes.count == size)
        // 64 zero bytes in a row do not happen: a part that was left out would show.
        let longest = bytes.reduce(into: (run: 0, most: 0)) {
            $0.run = $1 == 0 ? $0.run + 1 : 0
            $0.most = max($0.most, $0.run)
        }.most
        #expect(longest < 64)
    }

    @Test("No two are the same")
    func distinct() throws {
        let all = try (0..<1000).map { _ in try Random.bytes(24) }
        #expect(Set(all).count == 1000)
    }
}
