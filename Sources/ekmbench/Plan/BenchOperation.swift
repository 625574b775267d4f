import EKMWire

/// What is asked of a server again and again.
enum BenchOperation: String, Codable, CaseIterable, Sendable {
    case encrypt
    case decrypt
    case dataKey = "data-key"
    case ping

    /// Whether a payload crosses the socket; for the others a cell's size says nothing.
    var hasPayload: Bool { self == .encrypt || self == .decrypt }
}
