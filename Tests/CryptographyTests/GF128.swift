/// GF(2^128) as GCM writes it (NIST SP 800-38D, section 6.3): the first bit of the block is the coefficient of x^0.
struct GF128: Equatable {
    var high: UInt64, low: UInt64

    static let one = GF128(high: 1 << 63, low: 0)

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Up to 16 bytes, zero-filled at their end.
    init(_ block: some Collection<UInt8>) {
        precondition(block.count <= 16, "one block")
        let padded = Array(block) + [UInt8](repeating: 0, count: 16 - block.count)
        high = padded[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        low = padded[8...].reduce(0) { $0 << 8 | UInt64($1) }
    }

    var bytes: [UInt8] { [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * $0)) } } }

    static func + (a: GF128, b: GF128) -> GF128 { GF128(high: a.high ^ b.high, low: a.low ^ b.low) }

    static func * (a: GF128, b: GF128) -> GF128 {
        var product = GF128(high: 0, low: 0)
        var shifted = b
        for bit in 0..<128 {
            let set = bit < 64 ? a.high >> (63 - bit) & 1 : a.low >> (127 - bit) & 1
            if set == 1 { product = product + shifted }
            let carry = shifted.low & 1
            shifted = GF128(high: shifted.high >> 1 ^ carry * 0xe1 << 56, low: shifted.low >> 1 | shifted.high << 63)
        }
        return product
    }

    func power(_ exponent: Int) -> GF128 { (0..<exponent).reduce(.one) { result, _ in result * self } }

    /// a^(2^128 - 2).
    var inverse: GF128 {
        var (result, square) = (GF128.one, self)
        for _ in 1..<128 {
            square = square * square
            result = result * square
        }
        return result
    }
}
