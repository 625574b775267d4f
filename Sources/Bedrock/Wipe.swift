internal import CLinux

extension [UInt8] {
    /// Zeroes all bytes. Only for arrays that nobody else holds: where one is shared, a copy would be wiped.
    package mutating func wipe() {
        unsafe withUnsafeMutableBytes { unsafe $0.wipe() }
        removeAll()
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Zeroes all bytes, in a way that the compiler does not leave out.
    package func wipe() {
        guard let baseAddress else { return }
        unsafe explicit_bzero(baseAddress, count)
    }
}
