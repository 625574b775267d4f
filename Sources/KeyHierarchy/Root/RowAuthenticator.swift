package import Cryptography

/// Authenticates the store's rows: HMAC-SHA-256 under a key derived from the root key.
package final class RowAuthenticator: Sendable {
    package static let byteCount = 32

    private let key: SecretBytes

    init(_ key: consuming SecretBytes) { self.key = key }

    /// The code of a row, over its unambiguous encoding (table, row id, every column).
    package func code(over row: RawSpan) throws(CryptographyError) -> [UInt8] {
        try key.withBytes { (key: RawSpan) throws(CryptographyError) -> [UInt8] in try HMACSHA256.code(key: key, over: row) }
    }

    /// Whether `code` is the row's; compared in constant time.
    package func verifies(_ code: RawSpan, over row: RawSpan) -> Bool {
        guard let expected = try? self.code(over: row) else { return false }
        return unsafe ConstantTime.equal(code, expected.span.bytes)
    }
}
