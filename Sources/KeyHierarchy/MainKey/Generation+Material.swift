internal import Bedrock
package import Cryptography

extension Generation {
    /// Names 32 bytes of material without telling anything of them (HKDF-SHA-256, RFC 5869): the same bytes have the same generation.
    /// - Throws: `CryptographyError` when there is no locked memory left.
    package init(ofMaterial material: borrowing SecretBytes) throws(CryptographyError) {
        let label = Array("ekmd main key v1 generation".utf8)
        let name = try material.withBytes { (material: RawSpan) throws(CryptographyError) -> SecretBytes in
            try unsafe HKDF.derive(from: material, salt: nil, info: label.span.bytes, byteCount: 16)
        }
        self = name.withBytes { name in
            Generation(Hex.text(of: name.byteOffsets.map { unsafe name.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }))
        }
    }
}
