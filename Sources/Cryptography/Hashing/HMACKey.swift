internal import Bedrock

/// An HMAC-SHA-256 key that is set once and used for many messages, from any thread.
package final class HMACKey: Sendable {
    private let context: Lock<MACContext>

    /// - Throws: ``CryptographyError/Code/openSSL``.
    package init(_ key: borrowing SecretBytes) throws(CryptographyError) {
        context = Lock(try key.withBytes { (key) throws(CryptographyError) in try MACContext(hmacSHA256: key) })
    }

    /// The code, 32 bytes, over the message.
    /// - Throws: ``CryptographyError/Code/openSSL``.
    package func code(over message: RawSpan) throws(CryptographyError) -> [UInt8] {
        try context.withLock { (context) throws(CryptographyError) in try context.code(over: message) }
    }

    /// Whether `code` is the message's, compared in constant time.
    /// - Throws: ``CryptographyError/Code/openSSL``.
    package func isValid(_ code: RawSpan, over message: RawSpan) throws(CryptographyError) -> Bool {
        let wanted = try self.code(over: message)
        return ConstantTime.equal(unsafe wanted.span.bytes, code)
    }
}
