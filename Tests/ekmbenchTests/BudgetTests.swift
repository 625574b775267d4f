import Foundation
import Testing

@testable import ekmbench

@Suite("The budget of warm operations") struct BudgetTests {
    @Test("The committed budget has encrypt and decrypt, with one key and with 64, and allows no allocation for each")
    func committed() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let budget = try Budget.read(root.path + "/etc/warm-budget.json")
        #expect(budget.lines.map(\.cell.operation) == [.encrypt, .encrypt, .decrypt, .decrypt])
        #expect(budget.lines.map(\.cell.keys) == [1, 64, 1, 64])
        for line in budget.lines { #expect(line.allocationsPerThousand < 100) }
        #expect(budget.margin < 0.2)
    }

    @Test("What is over it is told, with what there was and what there may be; what keeps to it is not")
    func overruns() {
        let line = Budget.Line(cell: Cell(.encrypt, 256, depth: 128), instructions: 1000, allocationsPerThousand: 5)
        func overruns(_ instructions: Double?, _ allocations: Double) -> [String] {
            BudgetCheck(
                margin: 0.1, lines: [.init(budget: line, instructions: instructions, allocationsPerThousand: allocations)],
                whyNotCounted: nil
            ).overruns
        }
        #expect(overruns(1100, 5).isEmpty)
        #expect(overruns(nil, 0).isEmpty)
        #expect(overruns(1101, 0) == ["encrypt 256 B, 128 deep, 1 conns, 1 keys: 1101 instructions, at most 1100"])
        #expect(overruns(nil, 1000).first?.contains("1000.0 allocations for a thousand operations, at most 5.0") == true)
    }
}
