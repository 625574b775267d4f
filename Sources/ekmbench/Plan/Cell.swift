/// One row of the benchmark: what is asked, and how.
struct Cell: Codable, Sendable {
    let operation: BenchOperation
    /// Bytes of plaintext.
    let size: Int
    /// Requests under way on each connection.
    let depth: Int
    let connections: Int
    /// Job ids, each with a data key of its own, in turn.
    let keys: Int
    /// Whether the latency at half of the peak is measured, too.
    var isOpen = false

    private enum CodingKeys: CodingKey { case operation, size, depth, connections, keys }

    init(_ operation: BenchOperation, _ size: Int = 0, depth: Int, connections: Int = 1, keys: Int = 1, open: Bool = false) {
        self.operation = operation
        self.size = size
        self.depth = depth
        self.connections = connections
        self.keys = keys
        isOpen = open
    }
}

extension Cell: Equatable {
    /// Whether the load is the same; not whether more is measured under it.
    static func == (a: Cell, b: Cell) -> Bool {
        a.operation == b.operation && a.size == b.size && a.depth == b.depth && a.connections == b.connections && a.keys == b.keys
    }
}

extension Cell {
    /// The cell as the first columns of a table.
    var columns: [String] {
        [operation.rawValue, operation.hasPayload ? Self.text(bytes: size) : "", "\(depth)", "\(connections)", "\(keys)"]
    }

    static let header = ["operation", "size", "deep", "conns", "keys"]

    var description: String {
        let payload = operation.hasPayload ? " \(Self.text(bytes: size))," : ""
        return "\(operation.rawValue)\(payload) \(depth) deep, \(connections) conns, \(keys) keys"
    }

    private static func text(bytes: Int) -> String { bytes < 1024 ? "\(bytes) B" : "\(bytes / 1024) KiB" }
}
