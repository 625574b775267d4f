/// What OpenSSL keeps of a key of HMAC-SHA-256: the states of the hash behind the inner and the outer block (RFC 2104, section 4).
/// Whoever has them can compute codes as well as with the key.
enum HMACState {
    static let byteCount = 32

    /// Writes eight words in the machine's byte order.
    /// - Parameters:
    ///   - key: at most 64 bytes.
    ///   - pad: 0x36 for the inner state, 0x5c for the outer.
    ///   - work: 256 bytes that are overwritten.
    static func compute(
        _ key: UnsafeRawBufferPointer, pad: UInt8, work: UnsafeMutableRawBufferPointer, into state: UnsafeMutableRawBufferPointer
    ) {
        let words = work.bindMemory(to: UInt32.self)
        for word in 0..<16 {
            words[word] = (0..<4).reduce(0) { bits, index in
                let place = word * 4 + index
                return bits << 8 | UInt32((place < key.count ? key[place] : 0) ^ pad)
            }
        }
        for word in 16..<64 {
            let (a, b) = (words[word - 15], words[word - 2])
            let low = rotate(a, 7) ^ rotate(a, 18) ^ a >> 3
            let high = rotate(b, 17) ^ rotate(b, 19) ^ b >> 10
            words[word] = words[word - 16] &+ low &+ words[word - 7] &+ high
        }
        var (a, b, c, d, e, f, g, h) = (start[0], start[1], start[2], start[3], start[4], start[5], start[6], start[7])
        for round in 0..<64 {
            let first = h &+ (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) &+ (e & f ^ ~e & g) &+ constants[round] &+ words[round]
            let second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) &+ (a & b ^ a & c ^ b & c)
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
        }
        let end = state.bindMemory(to: UInt32.self)
        end[0] = start[0] &+ a
        end[1] = start[1] &+ b
        end[2] = start[2] &+ c
        end[3] = start[3] &+ d
        end[4] = start[4] &+ e
        end[5] = start[5] &+ f
        end[6] = start[6] &+ g
        end[7] = start[7] &+ h
    }

    private static func rotate(_ word: UInt32, _ bits: UInt32) -> UInt32 { word >> bits | word << (32 - bits) }

    /// The first 32 bits of the fractions of the roots of the first primes (FIPS 180-4, sections 4.2.2 and 5.3.3).
    private static let primes: [UInt64] = (2...311).filter { number in !(2..<number).contains { number % $0 == 0 } }
    private static let start = primes.prefix(8).map { prime in UInt32(truncatingIfNeeded: root(of: prime, power: 2)) }
    private static let constants = primes.map { prime in UInt32(truncatingIfNeeded: root(of: prime, power: 3)) }

    /// The largest number whose power is at most `value` times 2^(32 × power): the root, times 2^32.
    private static func root(of value: UInt64, power: Int) -> UInt64 {
        var root: UInt64 = 0
        for bit in (0..<36).reversed() {
            let tried = root | 1 << UInt64(bit)
            // At most 36 × 3 bits: too long for one word.
            var product = UInt128(1)
            for _ in 0..<power { product *= UInt128(tried) }
            if product <= UInt128(value) << UInt128(32 * power) { root = tried }
        }
        return root
    }
}
