/// How much plaintext one chunk holds: a power of two from 64 KiB to 16 MiB.
public struct ChunkSize: Hashable, Sendable {
    /// The binary logarithm of the size in bytes, 16 to 24, as it stands in the header.
    public let log2: UInt8

    /// - Parameter log2: the binary logarithm of the size in bytes.
    /// - Returns: nil where it is not in 16...24.
    public init?(log2: UInt8) {
        guard (16...24).contains(log2) else { return nil }
        self.log2 = log2
    }

    private init(known log2: UInt8) { self.log2 = log2 }

    /// 64 KiB.
    public static let standard = ChunkSize(known: 16)

    /// The size in bytes.
    public var byteCount: Int { 1 << Int(log2) }
}
