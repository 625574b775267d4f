internal import Bedrock

/// Memory for plaintext, of a fixed size, wiped before it is released.
@safe package struct WipedBuffer: ~Copyable {
    private let memory: UnsafeMutableRawBufferPointer

    package init(byteCount: Int) {
        unsafe memory = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit {
        unsafe memory.wipe()
        unsafe memory.deallocate()
    }

    /// The size in bytes.
    package var byteCount: Int { unsafe memory.count }

    package subscript(index: Int) -> UInt8 {
        get { unsafe memory[index] }
        set { unsafe memory[index] = newValue }
    }

    /// Lends a part of the bytes to read.
    package borrowing func read<R: ~Copyable, E: Error>(_ range: Range<Int>, _ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        let part = unsafe UnsafeRawBufferPointer(UnsafeMutableRawBufferPointer(rebasing: memory[range]))
        return try body(unsafe RawSpan(_unsafeBytes: part))
    }

    /// Lends a part of the bytes to overwrite.
    package mutating func write<R: ~Copyable, E: Error>(
        _ range: Range<Int>, _ body: (inout MutableRawSpan) throws(E) -> R
    ) throws(E) -> R {
        let part = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[range])
        var span = unsafe MutableRawSpan(_unsafeBytes: part)
        return try body(&span)
    }

    /// Lends all of the memory to fill from its start.
    /// - Returns: how many bytes were filled.
    package mutating func fill<E: Error>(_ body: (inout OutputRawSpan) throws(E) -> Void) throws(E) -> Int {
        var output = unsafe OutputRawSpan(buffer: memory, initializedCount: 0)
        try body(&output)
        return unsafe output.finalize(for: memory)
    }
}
