/// A large file of which only the current block is in memory: the common licenses, or what else there is, over and over, numbered.
final class DemoSource {
    private let block: [UInt8]
    private let total: UInt64
    private var offset: UInt64 = 0

    init(total: UInt64) {
        self.total = total
        var block: [UInt8] = []
        for path in DemoFiles.collect(40) { block += DemoFiles.read(path) ?? [] }
        // A length that shares no factor with the chunk's, so that chunks differ.
        if block.count % 2 == 0 { block.append(0) }
        self.block = block
    }

    func read(_ span: inout MutableRawSpan) -> Int {
        let start = Int(offset % UInt64(block.count))
        let count = min(span.byteCount, block.count - start, Int(min(total - offset, UInt64(Int.max))))
        unsafe span.withUnsafeMutableBytes { unsafe $0.copyBytes(from: block[start..<start + count]) }
        offset += UInt64(count)
        return count
    }

    /// Whether `bytes` are what comes next.
    func matches(_ bytes: RawSpan) -> Bool {
        var checked = 0
        while checked < bytes.byteCount {
            let start = Int(offset % UInt64(block.count))
            let count = min(bytes.byteCount - checked, block.count - start)
            let part = bytes.extracting(checked..<checked + count)
            let same = unsafe part.withUnsafeBytes { unsafe $0.elementsEqual(block[start..<start + count]) }
            if !same { return false }
            checked += count
            offset += UInt64(count)
        }
        return true
    }
}
