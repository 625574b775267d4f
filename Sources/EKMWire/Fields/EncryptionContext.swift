/// The key–value pairs that are bound to a ciphertext: whoever decrypts must name the same ones.
///
/// They are kept in one canonical encoding. No pairs are zero bytes. Otherwise a `u16` count, then the pairs, sorted by the bytes of their keys:
/// `u16` key length, key, `u16` value length, value, all numbers big-endian.
public struct EncryptionContext: Hashable, Sendable {
    /// The most pairs there may be.
    public static let largestCount = 64
    /// The most bytes that a key may have; it has at least one.
    public static let largestKey = 256
    /// The most bytes that a value may have.
    public static let largestValue = 4096
    /// The most bytes that the whole encoding may have.
    public static let largestEncoding = 8192

    /// The canonical encoding.
    public let canonicalBytes: [UInt8]

    /// No pairs, which is the same as no context.
    public init() { canonicalBytes = [] }

    /// Makes a context of pairs in any order.
    ///
    /// - Throws: ``ErrorCode/contextInvalid`` where a key stands twice or is empty, or a limit is passed.
    public init(_ pairs: some Sequence<(String, String)>) throws(WireError) {
        let pairs = pairs.map { (key: [UInt8]($0.0.utf8), value: [UInt8]($0.1.utf8)) }
        self.canonicalBytes = try Self.canonicalise(pairs)
    }

    /// Makes a context of a dictionary.
    public init(_ pairs: [String: String]) throws(WireError) {
        try self.init(pairs.map { ($0.key, $0.value) })
    }

    /// Puts a frame's pairs, in whatever order they came, into the canonical encoding.
    package init(_ field: ContextField, in bytes: RawSpan) throws(WireError) {
        if field.isCanonical {
            canonicalBytes = bytes.array(field.canonical)
            return
        }
        var pairs: [(key: [UInt8], value: [UInt8])] = []
        var reader = WireReader(at: field.wire.lowerBound)
        for _ in 0..<Int(try reader.u16(in: bytes, "context")) {
            let key = bytes.array(try reader.string16(in: bytes, "context key"))
            pairs.append((key, bytes.array(try reader.string16(in: bytes, "context value"))))
        }
        canonicalBytes = try Self.canonicalise(pairs)
    }

    /// The number of pairs.
    public var count: Int { canonicalBytes.isEmpty ? 0 : Int(canonicalBytes[0]) << 8 | Int(canonicalBytes[1]) }

    /// The number of bytes that the context takes on the wire.
    package var encodedSize: Int { Swift.max(2, canonicalBytes.count) }

    package func append(to bytes: inout [UInt8]) {
        if canonicalBytes.isEmpty { bytes.appendBigEndian(UInt16(0)) } else { bytes.append(contentsOf: canonicalBytes) }
    }

    private static func canonicalise(_ pairs: [(key: [UInt8], value: [UInt8])]) throws(WireError) -> [UInt8] {
        guard !pairs.isEmpty else { return [] }
        guard pairs.count <= largestCount else { throw .contextPairs }
        let sorted = pairs.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        var bytes: [UInt8] = []
        bytes.appendBigEndian(UInt16(sorted.count))
        for (index, pair) in sorted.enumerated() {
            guard (1...largestKey).contains(pair.key.count) else { throw .contextKey }
            guard pair.value.count <= largestValue else { throw .contextValue }
            guard index == 0 || sorted[index - 1].key != pair.key else { throw .contextDuplicate }
            bytes.appendBigEndian(UInt16(pair.key.count))
            bytes.append(contentsOf: pair.key)
            bytes.appendBigEndian(UInt16(pair.value.count))
            bytes.append(contentsOf: pair.value)
        }
        guard bytes.count <= largestEncoding else { throw .contextSize }
        return bytes
    }
}

extension EncryptionContext: CustomStringConvertible, CustomReflectable {
    /// Says how many pairs there are, and never what they hold.
    public var description: String { "\(count) context pairs" }
    public var customMirror: Mirror { Mirror(self, children: ["count": count]) }
}
