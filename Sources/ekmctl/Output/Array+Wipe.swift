import Glibc

extension [UInt8] {
    /// Zeroes all bytes. Only for arrays that nobody else holds: where one is shared, a copy would be wiped.
    mutating func wipe() {
        unsafe withUnsafeMutableBytes { buffer in
            if let start = buffer.baseAddress { unsafe explicit_bzero(start, buffer.count) }
        }
        removeAll()
    }
}
