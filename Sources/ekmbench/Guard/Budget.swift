import FoundationEssentials

/// What warm operations may cost, as it is committed beside the code.
struct Budget: Codable {
    struct Line: Codable {
        let cell: Cell
        /// User instructions for an operation; nil until they were measured on a machine that counts them.
        let instructions: Double?
        /// Allocations for a thousand operations. Not zero: the daemon's timers run meanwhile.
        let allocationsPerThousand: Double
    }

    /// By how much instructions may be more, as a share: compilers and libraries differ a little between machines.
    let margin: Double
    let lines: [Line]

    static func read(_ path: String) throws(Failure) -> Budget {
        do { return try JSONDecoder().decode(Budget.self, from: try Data(contentsOf: URL(filePath: path))) } catch {
            throw .badInput("\(path) is no budget: \(error)", remedy: "Name etc/warm-budget.json, or a file made like it.")
        }
    }
}
