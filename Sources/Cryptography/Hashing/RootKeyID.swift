internal import Bedrock

/// Names a root key without telling anything of it: 32 hex digits, the first half of SHA-256 over HKDF-SHA-256 of the key without
/// salt, with the info `ekmd root v1 id`. The daemon and whoever holds a copy of the key come to the same.
package enum RootKeyID {
    package static func text(of secret: borrowing SecretBytes) throws(CryptographyError) -> String {
        let info = Array("ekmd root v1 id".utf8)
        let naming = try secret.withBytes { (secret: RawSpan) throws(CryptographyError) -> SecretBytes in
            try unsafe HKDF.derive(from: secret, salt: nil, info: info.span.bytes, byteCount: 32)
        }
        return naming.withBytes { bytes in
            Hex.text(of: SHA256.hash(bytes).prefix(16))
        }
    }
}
