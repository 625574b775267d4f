/// AES-CMAC (RFC 4493, NIST SP 800-38B), the function inside XAES-256-GCM's key derivation.
package enum CMAC {
    /// The code, 16 bytes, over the message, under a key of 16 or 32 bytes.
    /// - Throws: ``CryptographyError/Code/wrongSize``, ``CryptographyError/Code/openSSL``.
    package static func code(key: RawSpan, over message: RawSpan) throws(CryptographyError) -> [UInt8] {
        let context = try MACContext(cmac: key)
        try context.add(message)
        return try context.code(size: 16)
    }
}
