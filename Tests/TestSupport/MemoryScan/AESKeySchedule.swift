/// The expanded key of AES-256 (FIPS 197, section 5.2): 15 round keys, the first two of which are the key itself.
///
/// OpenSSL keeps it in this order where the processor has AES instructions.
enum AESKeySchedule {
    static let byteCount = 240

    /// Overwrites `schedule`, 240 bytes that begin with the key.
    static func expand(_ schedule: UnsafeMutableRawBufferPointer) {
        var constant: UInt8 = 1
        for word in 8..<60 {
            var bytes = (0..<4).map { schedule[(word - 1) * 4 + $0] }
            if word % 8 == 0 {
                bytes = [substitute(bytes[1]) ^ constant, substitute(bytes[2]), substitute(bytes[3]), substitute(bytes[0])]
                constant <<= 1
            } else if word % 8 == 4 {
                bytes = bytes.map(substitute)
            }
            for index in 0..<4 { schedule[word * 4 + index] = schedule[(word - 8) * 4 + index] ^ bytes[index] }
        }
    }

    private static func substitute(_ byte: UInt8) -> UInt8 { box[Int(byte)] }

    /// The S-box (section 5.1.1): the inverse in GF(2^8), then an affine map.
    private static let box: [UInt8] = (0...255).map { value in
        let inverse = (1...255).first { multiply(UInt8(value), UInt8($0)) == 1 }.map { UInt8($0) } ?? 0
        return (1...4).reduce(inverse ^ 0x63) { $0 ^ (inverse << $1 | inverse >> (8 - $1)) }
    }

    private static func multiply(_ a: UInt8, _ b: UInt8) -> UInt8 {
        var (a, product): (UInt8, UInt8) = (a, 0)
        for bit in 0..<8 {
            if b >> bit & 1 == 1 { product ^= a }
            a = a << 1 ^ (a & 0x80 == 0 ? 0 : 0x1b)
        }
        return product
    }
}
