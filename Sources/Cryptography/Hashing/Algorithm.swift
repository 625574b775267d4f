import COpenSSL

/// OpenSSL's algorithms, each fetched once: a fetch costs more than a small encryption.
enum Algorithm {
    nonisolated(unsafe) static let aes256ECB = unsafe cipher("AES-256-ECB")
    nonisolated(unsafe) static let aes256GCM = unsafe cipher("AES-256-GCM")
    nonisolated(unsafe) static let aes128GCM = unsafe cipher("AES-128-GCM")
    nonisolated(unsafe) static let aes192GCM = unsafe cipher("AES-192-GCM")
    nonisolated(unsafe) static let hmac = unsafe mac("HMAC")
    nonisolated(unsafe) static let cmac = unsafe mac("CMAC")
    nonisolated(unsafe) static let sha256 = unsafe present(EVP_MD_fetch(nil, "SHA256", nil), "SHA256")
    nonisolated(unsafe) static let hkdf = unsafe present(EVP_KDF_fetch(nil, "HKDF", nil), "HKDF")

    private static func cipher(_ name: String) -> OpaquePointer { unsafe present(EVP_CIPHER_fetch(nil, name, nil), name) }
    private static func mac(_ name: String) -> OpaquePointer { unsafe present(EVP_MAC_fetch(nil, name, nil), name) }

    private static func present(_ algorithm: OpaquePointer?, _ name: String) -> OpaquePointer {
        guard let algorithm = unsafe algorithm else {
            fatalError("OpenSSL's active providers do not offer \(name), which the formats need: check openssl.cnf.")
        }
        return unsafe algorithm
    }
}
