/// Cuts what is read into chunks of one size, and tells the last one: it reads one byte ahead.
struct ChunkReader: ~Copyable {
    /// How many bytes the chunk that was read last has: less than the size only for the last.
    private(set) var count = 0
    private let size: Int
    private var buffer: WipedBuffer
    private var filled = 0

    init(size: Int) {
        self.size = size
        buffer = WipedBuffer(byteCount: size + 1)
    }

    /// Reads the next chunk in place of the one before.
    /// - Returns: whether it is the last.
    mutating func next(_ read: (inout MutableRawSpan) throws -> Int) throws(StreamError) -> Bool {
        if filled > size {
            buffer[0] = buffer[size]
            filled = 1
        } else {
            filled = 0
        }
        while filled <= size {
            let got: Int
            do { got = try buffer.write(filled..<size + 1) { rest in try read(&rest) } } catch { throw .input(error) }
            precondition(got >= 0 && got <= size + 1 - filled, "a read fills no more than it was given")
            if got == 0 { break }
            filled += got
        }
        count = min(filled, size)
        return filled <= size
    }

    /// Lends the chunk that was read last.
    borrowing func withChunk<E: Error>(_ body: (RawSpan) throws(E) -> Void) throws(E) { try buffer.read(0..<count, body) }
}
