internal import Bedrock
package import Cryptography

/// The daemon's own key: seals uploaded material and managed keys, authenticates the store, signs for the daemon, and makes
/// external ids.
///
/// Each use has a key of its own, derived with HKDF-SHA-256 (RFC 5869) and a label.
package final class RootKey: Sendable {
    package static let byteCount = 32

    /// 32 hex digits that name this root key without telling anything of it; the store records them.
    package let id: String
    package let rowAuthenticator: RowAuthenticator
    /// Signs what the daemon vouches for; its public key is the daemon's.
    package let signer: SigningKey
    private let secret: SecretBytes
    private let sealing: SecretBytes
    private let externalIDs: SecretBytes

    /// - Throws: `CryptographyError` with `.wrongSize` unless there are 32 bytes.
    package init(_ secret: consuming SecretBytes) throws(CryptographyError) {
        guard secret.byteCount == Self.byteCount else {
            throw CryptographyError(.wrongSize, "A root key has 32 bytes.")
        }
        id = try RootKeyID.text(of: secret)
        rowAuthenticator = try RowAuthenticator(Self.derive("ekmd root v1 rows", from: secret))
        sealing = try Self.derive("ekmd root v1 seal", from: secret)
        signer = try SigningKey(seed: Self.derive("ekmd root v1 sign", from: secret))
        externalIDs = try Self.derive("ekmd root v1 external id", from: secret)
        self.secret = secret
    }

    /// What the daemon's signatures are verified with. Another root key has another.
    package var publicKey: VerifyingKey { signer.publicKey }

    package static func random() throws(CryptographyError) -> RootKey {
        try RootKey(SecretBytes.random(byteCount: byteCount))
    }

    /// Seals a main key's 32 bytes to its place.
    package func seal(
        _ material: borrowing SecretBytes, mainKey: MainKeyID, environment: EnvironmentID
    ) throws(CryptographyError) -> [UInt8] {
        let place = Self.place(mainKey, environment)
        return try KeyWrapper(wrapping: sealing).wrap(material, place: place)
    }

    /// - Throws: `CryptographyError` with `.cannotOpen` when the seal is another root key's, or stands elsewhere.
    package func open(_ sealed: [UInt8], mainKey: MainKeyID, environment: EnvironmentID) throws(CryptographyError) -> SecretBytes {
        let place = Self.place(mainKey, environment)
        return try unsafe KeyWrapper(wrapping: sealing).unwrap(sealed.span.bytes, place: place)
    }

    /// The external id that a customer's role must ask for when ekmd assumes it for `environment`: stable, unguessable,
    /// and another for every environment and daemon, so that no customer can have us use another's role.
    package func externalID(for environment: EnvironmentName) throws(CryptographyError) -> String {
        let name = Array(environment.description.utf8)
        let code = try externalIDs.withBytes { (key: RawSpan) throws(CryptographyError) -> [UInt8] in
            try unsafe HMACSHA256.code(key: key, over: name.span.bytes)
        }
        return "ekmd-" + Hex.text(of: code.prefix(16))
    }

    /// Lends the 32 bytes, for `ekmctl root export`.
    package func withBytes<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R { try secret.withBytes(body) }

    private static func place(_ mainKey: MainKeyID, _ environment: EnvironmentID) -> [UInt8] {
        Array("ekmd seal v1".utf8) + environment.bytes + mainKey.bytes
    }

    private static func derive(_ label: String, from secret: borrowing SecretBytes) throws(CryptographyError) -> SecretBytes {
        let info = Array(label.utf8)
        return try secret.withBytes { (secret: RawSpan) throws(CryptographyError) -> SecretBytes in
            try unsafe HKDF.derive(from: secret, salt: nil, info: info.span.bytes, byteCount: byteCount)
        }
    }
}
