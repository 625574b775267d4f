/// HMAC-SHA-256 (RFC 2104, FIPS 198-1).
package enum HMACSHA256 {
    /// The code, 32 bytes, over the message.
    /// - Throws: ``CryptographyError/Code/openSSL``.
    package static func code(key: RawSpan, over message: RawSpan) throws(CryptographyError) -> [UInt8] {
        let context = try MACContext(hmacSHA256: key)
        try context.add(message)
        return try context.code(size: MACContext.codeSize)
    }

    /// The code, 32 bytes, over two parts, which are one message: nothing separates them.
    /// - Throws: ``CryptographyError/Code/openSSL``.
    package static func code(key: RawSpan, over first: RawSpan, _ second: RawSpan) throws(CryptographyError) -> [UInt8] {
        let context = try MACContext(hmacSHA256: key)
        try context.add(first)
        try context.add(second)
        return try context.code(size: MACContext.codeSize)
    }
}
