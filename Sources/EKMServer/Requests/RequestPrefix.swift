internal import EKMWire

/// The bytes of a request that decide which key it is for, without parsing them: they only find what they are then compared with.
extension RawSpan {
    /// How many bytes stand before the context of an encrypt request: its environment and scope. Nil where it is cut short.
    @inline(__always)
    var encryptionPrefix: Int? {
        guard byteCount > 0 else { return nil }
        return scopeEnd(at: 1 + Int(byte(at: 0)))
    }

    /// The same of a decrypt request: the scope that is expected.
    @inline(__always)
    var decryptionPrefix: Int? { scopeEnd(at: 0) }

    @inline(__always)
    private func scopeEnd(at start: Int) -> Int? {
        guard byteCount > start else { return nil }
        guard ScopeKind(rawValue: byte(at: start)).hasID else { return start + 1 }
        guard byteCount >= start + 3 else { return nil }
        let end = start + 3 + Int(bigEndianUInt16(at: start + 1))
        return end <= byteCount ? end : nil
    }

    /// Spreads the first `count` bytes over 64 bits; `seed` tells apart what goes on behind them.
    @inline(__always)
    func hash(first count: Int, seed: UInt64 = 0) -> UInt64 {
        var hash = (UInt64(truncatingIfNeeded: count) ^ seed) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 29
        var at = 0
        while count - at >= 8 {
            let word = unsafe unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
            hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
            at += 8
        }
        while at < count {
            hash = (hash ^ UInt64(byte(at: at))) &* 0x9E37_79B9_7F4A_7C15
            at += 1
        }
        return hash ^ hash >> 32
    }
}
