import COpenSSL

/// Comparison whose time does not depend on where two values differ.
package enum ConstantTime {
    /// Whether both spans hold the same bytes. Only the sizes, which are public, are compared early.
    package static func equal(_ a: RawSpan, _ b: RawSpan) -> Bool {
        guard a.byteCount == b.byteCount else { return false }
        guard a.byteCount > 0 else { return true }
        return unsafe a.withUnsafeBytes { a in
            unsafe b.withUnsafeBytes { b in unsafe CRYPTO_memcmp(a.baseAddress, b.baseAddress, a.count) == 0 }
        }
    }
}
