public import EKMClient
public import EKMWire

/// Decrypts what ``StreamEncryptor`` made, in this process, in constant memory.
///
/// Nothing is released before its chunk was authenticated, and nothing at all before the commitment was. What was released is the true
/// beginning of the plaintext; only when ``decrypt(read:write:progress:)`` returns is it all of it.
public struct StreamDecryptor {
    private let lender: any DataKeyLender
    private let clock: any StreamClock
    private let firstCounter: UInt32

    /// - Parameters:
    ///   - expectedScope: the scope that the stream must have been made for; nil for any.
    ///   - context: the context that it was encrypted with.
    public init(client: EKMClient, expecting expectedScope: Scope? = nil, context: EncryptionContext = EncryptionContext()) {
        self.init(lender: ClientLender(client: client, environment: nil, scope: expectedScope, context: context))
    }

    package init(lender: any DataKeyLender, clock: any StreamClock = BootStreamClock(), firstCounter: UInt32 = 0) {
        self.lender = lender
        self.clock = clock
        self.firstCounter = firstCounter
    }

    /// Decrypts one stream, to its very end: bytes behind the last chunk are refused.
    ///
    /// - Parameters:
    ///   - read: overwrites the start of the span with what comes next, and says how many bytes; 0 at the end.
    ///   - write: takes the next bytes of the plaintext.
    ///   - progress: hears how many bytes of plaintext are done, after each chunk.
    /// - Returns: the size of the plaintext in bytes.
    /// - Throws: ``StreamError/Code/cannotDecrypt`` for any change, cut, swap or addition; ``StreamError/Code/unknownFormat``,
    ///   ``StreamError/Code/refusedByDaemon``; ``StreamError/Code/input`` and ``StreamError/Code/output`` around what `read` and
    ///   `write` throw.
    @discardableResult
    public func decrypt(
        read: (inout MutableRawSpan) throws -> Int, write: (RawSpan) throws -> Void, progress: (UInt64) -> Void = { _ in }
    ) throws(StreamError) -> UInt64 {
        let start = try StreamHeader.Start(parsing: try Self.exactly(StreamFormat.fixedSize, read))
        let header = StreamHeader(
            chunkSize: start.chunkSize, wrappedKey: try Self.exactly(start.wrappedKeySize, read),
            salt: try Self.exactly(StreamFormat.saltSize, read))
        let commitment = try Self.exactly(StreamFormat.commitmentSize, read)
        let key = try StreamKey.open(header, commitment: commitment, by: lender, clock: clock)

        var input = ChunkReader(size: header.chunkSize.byteCount + StreamFormat.tagSize)
        var opened = WipedBuffer(byteCount: header.chunkSize.byteCount)
        var counter = firstCounter
        var done: UInt64 = 0
        while true {
            let last = try input.next(read)
            // An empty chunk is a stream of its own: behind others there is no need for one, so that no plaintext has two encodings.
            guard input.count >= StreamFormat.tagSize, input.count > StreamFormat.tagSize || counter == firstCounter else {
                throw .cannotDecrypt
            }
            guard last || counter < .max else { throw .cannotDecrypt }
            let size = try opened.fill { (output) throws(StreamError) in
                try input.withChunk { (chunk) throws(StreamError) in
                    try key.open(chunk, counter: counter, last: last, into: &output)
                }
            }
            do { try opened.read(0..<size, write) } catch { throw .output(error) }
            done += UInt64(size)
            progress(done)
            if last { return done }
            counter += 1
        }
    }

    /// Reads a part of the header. What ends too early is no stream.
    private static func exactly(_ count: Int, _ read: (inout MutableRawSpan) throws -> Int) throws(StreamError) -> [UInt8] {
        var buffer = WipedBuffer(byteCount: count)
        var filled = 0
        while filled < count {
            let got: Int
            do { got = try buffer.write(filled..<count) { rest in try read(&rest) } } catch { throw .input(error) }
            guard got > 0 else { throw .cannotDecrypt }
            filled += got
        }
        return (0..<count).map { buffer[$0] }
    }
}
