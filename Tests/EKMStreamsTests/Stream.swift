import EKMStreams

/// Streams in memory.
enum Stream {
    /// Hands `bytes` out in pieces of at most `step` bytes; `then` runs once, before the first read from `mark` on.
    static func reader(
        _ bytes: [UInt8], step: Int = .max, mark: Int = 0, then: (() -> Void)? = nil
    ) -> (inout MutableRawSpan) throws -> Int {
        var offset = 0
        var pending = then
        return { span in
            if offset >= mark {
                pending?()
                pending = nil
            }
            let count = min(span.byteCount, bytes.count - offset, step)
            span.withUnsafeMutableBytes { $0.copyBytes(from: bytes[offset..<offset + count]) }
            offset += count
            return count
        }
    }

    /// Whether a stream decrypts to exactly `plaintext`. (A failed comparison of large arrays in an expectation would take minutes to explain itself.)
    static func decrypts(_ stream: [UInt8], to plaintext: [UInt8], by lender: FakeLender, step: Int = .max) throws(StreamError) -> Bool {
        try decrypt(stream, by: lender, step: step) == plaintext
    }

    static func encrypt(_ plaintext: [UInt8], by lender: FakeLender, step: Int = .max) throws(StreamError) -> [UInt8] {
        try encrypt(StreamEncryptor(lender: lender), reader(plaintext, step: step))
    }

    static func encrypt(_ encryptor: StreamEncryptor, _ read: (inout MutableRawSpan) throws -> Int) throws(StreamError) -> [UInt8] {
        var stream: [UInt8] = []
        try encryptor.encrypt(read: read, write: { span in span.withUnsafeBytes { stream.append(contentsOf: $0) } })
        return stream
    }

    static func decrypt(_ stream: [UInt8], by lender: FakeLender, step: Int = .max) throws(StreamError) -> [UInt8] {
        try released(stream, by: lender, step: step).get()
    }

    /// What a decryption wrote before it ended, and how it ended.
    static func partial(_ stream: [UInt8], by lender: FakeLender) -> (released: [UInt8], error: StreamError?) {
        var plaintext: [UInt8] = []
        do {
            try StreamDecryptor(lender: lender).decrypt(
                read: reader(stream), write: { span in span.withUnsafeBytes { plaintext.append(contentsOf: $0) } })
            return (plaintext, nil)
        } catch {
            return (plaintext, error)
        }
    }

    private static func released(_ stream: [UInt8], by lender: FakeLender, step: Int) -> Result<[UInt8], StreamError> {
        var plaintext: [UInt8] = []
        do {
            try StreamDecryptor(lender: lender).decrypt(
                read: reader(stream, step: step), write: { span in span.withUnsafeBytes { plaintext.append(contentsOf: $0) } })
            return .success(plaintext)
        } catch {
            return .failure(error)
        }
    }

    /// Bytes that differ from chunk to chunk.
    static func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 16) } }
}
