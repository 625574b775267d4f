internal import EKMWire

/// How many requests one event loop has answered.
struct RequestCounts {
    /// Above all operations that there are; those that are not known are counted together.
    private static let known = Int(Operation.all.map(\.rawValue).max() ?? 0) + 1
    var failed = 0
    private var operations = [Int](repeating: 0, count: known + 1)

    mutating func count(_ operation: Operation, _ times: Int) { operations[min(Int(operation.rawValue), Self.known)] += times }

    static func += (sum: inout Self, other: Self) {
        sum.failed += other.failed
        for index in sum.operations.indices { sum.operations[index] += other.operations[index] }
    }

    /// As the status tells it.
    var report: RequestReport {
        let known = Operation.all.map { ($0.description, operations[Int($0.rawValue)]) }.filter { $0.1 > 0 }
        return RequestReport(
            total: operations.reduce(0, +), failed: failed, byOperation: Dictionary(known) { first, _ in first })
    }
}
