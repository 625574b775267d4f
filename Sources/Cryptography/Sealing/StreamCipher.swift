/// The chunks of one stream of large data: STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, 2015) over AES-256-GCM.
///
/// HKDF-SHA-256 of the lent data key, with the stream's salt, and `ekmd v1 stream` ‖ header as info, gives 64 bytes: the stream's key,
/// then the commitment to it, which is written beside the salt. A chunk's nonce is 7 zero bytes ‖ its counter (`u32`, big endian) ‖
/// 1 for the last chunk, else 0. So a chunk that is moved, dropped, or cut off does not open. Not Sendable: one thread at a time.
package final class StreamCipher {
    package static let saltSize = 32
    package static let commitmentSize = 32
    package static let tagSize = AESGCM.tagSize

    /// 32 bytes that fit this key, salt and header alone; public.
    package let commitment: [UInt8]
    private let gcm: AESGCM
    /// No counter is sealed under twice: the least that is still free.
    private var nextCounter = 0

    /// - Throws: ``CryptographyError/Code/wrongSize`` unless the key and the salt have 32 bytes each;
    ///   ``CryptographyError/Code/arenaFull``, ``CryptographyError/Code/openSSL``.
    package init(lentDataKey: borrowing SecretBytes, salt: RawSpan, header: RawSpan) throws(CryptographyError) {
        guard lentDataKey.byteCount == 32 else { throw .wrongSize("The lent data key", lentDataKey.byteCount, wanted: "32") }
        guard salt.byteCount == Self.saltSize else { throw .wrongSize("The salt", salt.byteCount, wanted: "\(Self.saltSize)") }
        let info = unsafe Array("ekmd v1 stream".utf8) + header.withUnsafeBytes { unsafe Array($0) }
        let derived = try lentDataKey.withBytes { (key) throws(CryptographyError) in
            try unsafe HKDF.derive(from: key, salt: salt, info: info.span.bytes, byteCount: 64)
        }
        gcm = try derived.withBytes { (bytes) throws(CryptographyError) in try AESGCM(key: bytes.extracting(first: 32)) }
        commitment = derived.withBytes { unsafe $0.extracting(last: 32).withUnsafeBytes { unsafe Array($0) } }
    }

    /// Whether the commitment that a stream carries is this key's, compared in constant time. Check it before opening any chunk.
    package func matches(_ commitment: RawSpan) -> Bool {
        let own = self.commitment
        return ConstantTime.equal(unsafe own.span.bytes, commitment)
    }

    /// Appends the sealed chunk: 16 bytes more than the chunk. Counters must rise.
    /// - Throws: ``CryptographyError/Code/counterUsed``, ``CryptographyError/Code/wrongSize``, ``CryptographyError/Code/openSSL``.
    package func seal(chunk: RawSpan, counter: UInt32, last: Bool, into output: inout OutputRawSpan) throws(CryptographyError) {
        guard counter >= nextCounter else {
            throw CryptographyError(.counterUsed, "Chunk \(counter) of this stream was sealed before: begin a new stream.")
        }
        nextCounter = Int(counter) + 1
        let nonce = Self.nonce(counter, last)
        try unsafe gcm.seal(nonce: nonce.span.bytes, associatedData: RawSpan(), plaintext: chunk, into: &output)
    }

    /// Appends the plaintext of a sealed chunk. If it does not open, nothing of it stays in the output.
    /// - Throws: ``CryptographyError/Code/cannotOpen`` also if it is another chunk's, or `last` is wrong;
    ///   ``CryptographyError/Code/wrongSize``, ``CryptographyError/Code/openSSL``.
    package func open(chunk: RawSpan, counter: UInt32, last: Bool, into output: inout OutputRawSpan) throws(CryptographyError) {
        let nonce = Self.nonce(counter, last)
        try unsafe gcm.open(nonce: nonce.span.bytes, associatedData: RawSpan(), sealed: chunk, into: &output)
    }

    private static func nonce(_ counter: UInt32, _ last: Bool) -> InlineArray<12, UInt8> {
        var nonce = InlineArray<12, UInt8>(repeating: 0)
        for i in 0..<4 { nonce[7 + i] = UInt8(truncatingIfNeeded: counter >> (24 - 8 * UInt32(i))) }
        nonce[11] = last ? 1 : 0
        return nonce
    }
}
