/// Hands bytes out to a stream.
final class MemoryReader {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(_ span: inout MutableRawSpan) -> Int {
        let count = min(span.byteCount, bytes.count - offset)
        unsafe span.withUnsafeMutableBytes { unsafe $0.copyBytes(from: bytes[offset..<offset + count]) }
        offset += count
        return count
    }
}
