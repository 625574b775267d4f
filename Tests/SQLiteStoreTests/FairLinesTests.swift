import Testing

@testable import SQLiteStore

@Suite("Lines that are served in turn")
struct FairLinesTests {
    private func lines(_ waiting: [(String, Int)]) -> FairLines<String, String> {
        var lines = FairLines<String, String>()
        for (owner, count) in waiting { for number in 0..<count { lines.append("\(owner)\(number)", for: owner) } }
        return lines
    }

    @Test("give each its turn, however long another is, and each line in its order")
    func turns() {
        var lines = lines([("a", 1000), ("b", 2), ("c", 1)])
        #expect(lines.take(most: 7, ofOne: { _ in 100 }) == ["a0", "b0", "c0", "a1", "b1", "a2", "a3"])
        #expect(lines.count == 996)
    }

    @Test("give one no more than its share of a group, also where no other waits")
    func share() {
        var lines = lines([("a", 1000), ("b", 3)])
        #expect(lines.take(most: 100, ofOne: { _ in 4 }) == ["a0", "b0", "a1", "b1", "a2", "b2", "a3"])
        #expect(lines.take(most: 100, ofOne: { _ in 4 }) == ["a4", "a5", "a6", "a7"])
    }

    @Test("have one that comes last in the next group")
    func next() {
        var lines = lines([("a", 1000), ("b", 1000)])
        _ = lines.take(most: 10, ofOne: { _ in 4 })
        lines.append("c0", for: "c")
        #expect(lines.take(most: 10, ofOne: { _ in 4 }).contains("c0"))
    }

    @Test("lose nobody, and nobody twice", arguments: [1, 3, 128])
    func whole(_ most: Int) {
        var lines = lines((0..<50).map { ("w\($0).", $0 * 7 % 90) })
        let all = lines.count
        var taken: [String] = []
        while !lines.isEmpty { taken += lines.take(most: most, ofOne: { _ in 5 }) }
        #expect(taken.count == all && Set(taken).count == all)
    }
}
