import Cryptography
public import EKMClient
public import EKMWire

/// Encrypts data of any size in this process, in constant memory, under a data key that the daemon lends.
///
/// The format is STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, 2015) over AES-256-GCM; <doc:StreamFormat> specifies it. Three chunks
/// are in memory at most. The key is wiped at the end, and when the daemon's deadline passes; a stream that goes on then asks again.
public struct StreamEncryptor {
    private let lender: any DataKeyLender
    private let chunkSize: ChunkSize
    private let clock: any StreamClock
    private let salt: [UInt8]?
    private let firstCounter: UInt32

    /// Encrypts under keys of an environment's scope, bound to a context: whoever decrypts must name the same one.
    public init(
        client: EKMClient, environment: String, scope: Scope, context: EncryptionContext = EncryptionContext(),
        chunkSize: ChunkSize = .standard
    ) {
        let lender = ClientLender(client: client, environment: environment, scope: scope, context: context)
        self.init(lender: lender, chunkSize: chunkSize)
    }

    /// - Parameter salt: for the format's example alone; nil takes a fresh one for each stream.
    package init(
        lender: any DataKeyLender, chunkSize: ChunkSize = .standard, clock: any StreamClock = BootStreamClock(), salt: [UInt8]? = nil,
        firstCounter: UInt32 = 0
    ) {
        self.lender = lender
        self.chunkSize = chunkSize
        self.clock = clock
        self.salt = salt
        self.firstCounter = firstCounter
    }

    /// Encrypts one stream.
    ///
    /// - Parameters:
    ///   - read: overwrites the start of the span with what comes next, and says how many bytes; 0 at the end.
    ///   - write: takes the next bytes of the stream. Until the last of them was taken, the stream is incomplete, and will not decrypt.
    ///   - progress: hears how many bytes of plaintext are done, after each chunk.
    /// - Returns: the size of the plaintext in bytes.
    /// - Throws: ``StreamError/Code/refusedByDaemon``, ``StreamError/Code/tooLong``, ``StreamError/Code/input`` and
    ///   ``StreamError/Code/output`` around what `read` and `write` throw.
    @discardableResult
    public func encrypt(
        read: (inout MutableRawSpan) throws -> Int, write: (RawSpan) throws -> Void, progress: (UInt64) -> Void = { _ in }
    ) throws(StreamError) -> UInt64 {
        let key = try StreamKey.lend(by: lender, chunkSize: chunkSize, salt: try freshSalt(), clock: clock)
        let start = key.header.bytes + key.commitment
        do { unsafe try write(start.span.bytes) } catch { throw .output(error) }

        var input = ChunkReader(size: chunkSize.byteCount)
        var sealed = WipedBuffer(byteCount: chunkSize.byteCount + StreamFormat.tagSize)
        var counter = firstCounter
        var done: UInt64 = 0
        while true {
            let last = try input.next(read)
            guard last || counter < .max else { throw .tooLong }
            let size = try sealed.fill { (output) throws(StreamError) in
                try input.withChunk { (chunk) throws(StreamError) in
                    try key.seal(chunk, counter: counter, last: last, into: &output)
                }
            }
            do { try sealed.read(0..<size, write) } catch { throw .output(error) }
            done += UInt64(input.count)
            progress(done)
            if last { return done }
            counter += 1
        }
    }

    private func freshSalt() throws(StreamError) -> [UInt8] {
        if let salt { return salt }
        do { return try Random.bytes(StreamFormat.saltSize) } catch { throw StreamError(cryptography: error) }
    }
}
