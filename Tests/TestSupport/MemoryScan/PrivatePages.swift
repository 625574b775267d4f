import Glibc

/// Whole pages that belong to the scanner alone, so that a process that scans itself can leave them out.
final class PrivatePages: @unchecked Sendable {
    // Unchecked: whoever owns the pages lets one thread at a time write.
    let bytes: UnsafeMutableRawBufferPointer

    init(byteCount: Int) throws {
        guard let start = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), start != MAP_FAILED else {
            throw ProcessFailure("no \(byteCount) bytes of memory: \(String(cString: strerror(errno)))")
        }
        bytes = UnsafeMutableRawBufferPointer(start: start, count: byteCount)
    }

    deinit { munmap(bytes.baseAddress, bytes.count) }

    var addresses: Range<UInt> {
        let start = UInt(bitPattern: bytes.baseAddress)
        return start..<start + UInt(bytes.count)
    }
}
