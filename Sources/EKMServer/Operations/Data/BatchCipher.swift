internal import Bedrock
internal import Cryptography
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// A key's cipher for the time of a batch.
struct BatchCipher {
    private let key: CachedKey
    private let cipher: EnvelopeCipher

    init(_ key: CachedKey) throws(WireError) {
        self.key = key
        let made: EnvelopeCipher?
        do throws(CryptographyError) {
            made = try key.withSecret { (secret) throws(CryptographyError) in try EnvelopeCipher(key: secret) }
        } catch { throw WireError(error) }
        guard let made else { throw .wipedMeanwhile }
        cipher = made
    }

    func seal(_ plaintext: RawSpan, context: [UInt8]) throws(WireError) -> WipedBytes {
        let header = key.header
        do throws(CryptographyError) {
            let nonce = try Random.bytes(EnvelopeCipher.nonceSize)
            return try WipedBytes(capacity: header.count + EnvelopeCipher.overhead + plaintext.byteCount) {
                (output) throws(CryptographyError) in
                unsafe output.append(header.span.bytes)
                try unsafe cipher.seal(
                    plaintext, header: header.span.bytes, context: context.span.bytes, nonce: nonce.span.bytes, into: &output)
            }
        } catch { throw WireError(error) }
    }

    func open(_ envelope: RawSpan, context: [UInt8]) throws(WireError) -> WipedBytes {
        let size = key.header.count
        guard envelope.byteCount >= size + EnvelopeCipher.overhead else { throw .cannotDecrypt }
        do throws(CryptographyError) {
            return try WipedBytes(capacity: envelope.byteCount - size - EnvelopeCipher.overhead) { (output) throws(CryptographyError) in
                try unsafe cipher.open(
                    envelope.extracting(size..<envelope.byteCount), header: envelope.extracting(0..<size), context: context.span.bytes,
                    into: &output)
            }
        } catch { throw WireError(error) }
    }
}
