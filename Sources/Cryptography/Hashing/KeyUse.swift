/// What a key is used for. Each use has a key of its own, so that no key serves two algorithms.
///
/// The key for a use is HKDF-SHA-256 of the key, without salt, 32 bytes long; its info is the ASCII text of ``info``.
package enum KeyUse: CaseIterable, Sendable {
    /// Wrapping other keys with XAES-256-GCM: `ekmd v1 wrap`.
    case wrap
    /// Encrypting data with XAES-256-GCM: `ekmd v1 encrypt`.
    case encrypt
    /// Committing to the key with HMAC-SHA-256: `ekmd v1 commit`.
    case commit

    /// The info of the derivation.
    package var info: String {
        switch self {
        case .wrap: "ekmd v1 wrap"
        case .encrypt: "ekmd v1 encrypt"
        case .commit: "ekmd v1 commit"
        }
    }

    /// The key for this use, 32 bytes.
    /// - Throws: ``CryptographyError/Code/arenaFull``, ``CryptographyError/Code/openSSL``.
    package func key(from key: borrowing SecretBytes) throws(CryptographyError) -> SecretBytes {
        let info = Array(self.info.utf8)
        return try key.withBytes { (key) throws(CryptographyError) in
            try unsafe HKDF.derive(from: key, salt: nil, info: info.span.bytes, byteCount: 32)
        }
    }
}
