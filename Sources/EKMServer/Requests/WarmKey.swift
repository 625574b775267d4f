internal import EKMWire
internal import Glibc

/// The answer to "which key, and may they?" of an earlier request: the next one, if it begins with the same bytes, need not ask again.
final class WarmKey {
    /// The raw fields that the answer depends on; self-delimiting, so that equal bytes mean equal fields.
    let prefix: [UInt8]
    let cipher: CipherCache.Entry
    /// The authorizer's epoch in which this was allowed.
    let grants: UInt64

    init(prefix: [UInt8], cipher: CipherCache.Entry, grants: UInt64) {
        self.prefix = prefix
        self.cipher = cipher
        self.grants = grants
    }
}

extension RawSpan {
    /// Whether these bytes start with `prefix`.
    @inline(__always)
    func begins(with prefix: [UInt8]) -> Bool {
        guard byteCount >= prefix.count else { return false }
        return unsafe withUnsafeBytes { bytes in
            unsafe prefix.withUnsafeBytes { prefix in
                guard let left = bytes.baseAddress, let right = prefix.baseAddress else { return unsafe prefix.isEmpty }
                return unsafe memcmp(left, right, prefix.count) == 0
            }
        }
    }
}
