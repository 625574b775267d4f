internal import Bedrock
package import Cryptography

/// 128 random bits that name a thing for ever.
package protocol Identifier: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The first and the last 8 bytes, big-endian.
    var halves: Halves { get }
    init(halves: Halves)
}

/// The 16 bytes of an identifier, kept inline.
package struct Halves: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

extension Identifier {
    package static var byteCount: Int { 16 }

    /// - Throws: `CryptographyError` when the kernel gives no random bytes.
    package static func random() throws(CryptographyError) -> Self {
        let bytes = try Random.bytes(byteCount)
        return unsafe Self(bytes: bytes.span.bytes, at: 0)
    }

    /// Nil unless there are exactly 16 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self = unsafe Self(bytes: bytes.span.bytes, at: 0)
    }

    /// Nil unless there are exactly 32 hex digits.
    package init?(hex: String) {
        guard let bytes = Hex.bytes(of: hex) else { return nil }
        self.init(bytes)
    }

    /// Reads 16 bytes that begin at `offset`, which the caller has checked to be there.
    package init(bytes: RawSpan, at offset: Int) {
        precondition(offset >= 0 && offset <= bytes.byteCount - Self.byteCount, "an identifier's bytes must lie inside the span")
        self.init(
            halves: Halves(
                high: UInt64(bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)),
                low: UInt64(bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))))
    }

    package var bytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: halves.high >> (56 - 8 * $0)) }
            + (0..<8).map { UInt8(truncatingIfNeeded: halves.low >> (56 - 8 * $0)) }
    }

    /// 32 lower-case hex digits.
    package var description: String { Hex.text(of: bytes) }

    package static func < (a: Self, b: Self) -> Bool {
        (a.halves.high, a.halves.low) < (b.halves.high, b.halves.low)
    }
}
