internal import Glibc

/// Bytes on the heap that are wiped before they are given back: answers, which may hold plaintext or keys.
@safe
final class WipedBytes: @unchecked Sendable {
    // Safe to share: written by `init` alone.
    private let buffer: UnsafeMutableRawBufferPointer

    /// Copies bytes.
    init(copying bytes: RawSpan) {
        unsafe buffer = .allocate(byteCount: bytes.byteCount, alignment: 16)
        unsafe bytes.withUnsafeBytes { unsafe buffer.copyMemory(from: $0) }
    }

    deinit {
        unsafe buffer.wipe()
        unsafe buffer.deallocate()
    }

    var count: Int { unsafe buffer.count }

    func withBytes<Result: ~Copyable, Failure: Error>(_ body: (RawSpan) throws(Failure) -> Result) throws(Failure) -> Result {
        try body(unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(buffer)))
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Zeroes all bytes, in a way that the compiler does not leave out.
    func wipe() {
        guard let baseAddress else { return }
        unsafe explicit_bzero(baseAddress, count)
    }
}

extension [UInt8] {
    /// Zeroes all bytes. Where the array is shared, that wipes a copy: only for arrays that nobody else holds.
    mutating func wipe() {
        unsafe withUnsafeMutableBytes { unsafe $0.wipe() }
        removeAll()
    }
}
