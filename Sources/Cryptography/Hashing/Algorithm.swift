import COpenSSL

/// OpenSSL's algorithms, each fetched once: a fetch costs more than a small encryption.
enum Algorithm {
    nonisolated(unsafe) static let aes256ECB = unsafe cipher("AES-256-ECB")
    nonisolated(unsafe) static let aes256GCM = unsafe cipher("AES-256-GCM")
    nonisolated(unsafe) static let aes128GCM = unsafe cipher("AES-128-GCM")
    nonisolated(unsafe) static let aes192GCM = unsafe cipher("AES-192-GCM")
    /// The functions of the provider behind AES-256-GCM; nil where it does not show them.
    nonisolated(unsafe) static let direct256 = unsafe direct(aes256GCM)
    nonisolated(unsafe) static let direct192 = unsafe direct(aes192GCM)
    nonisolated(unsafe) static let direct128 = unsafe direct(aes128GCM)
    nonisolated(unsafe) static let hmac = unsafe mac("HMAC")
    nonisolated(unsafe) static let cmac = unsafe mac("CMAC")
    nonisolated(unsafe) static let sha256 = unsafe present(EVP_MD_fetch(nil, "SHA256", nil), "SHA256")
    nonisolated(unsafe) static let hkdf = unsafe present(EVP_KDF_fetch(nil, "HKDF", nil), "HKDF")

    /// Whether HMAC is OpenSSL's own: another provider, such as the validated one of FIPS 140-3, is to do all of its work itself.
    static let hmacIsOwn = unsafe ekm_is_default(EVP_MAC_get0_provider(hmac)) == 1

    private static func direct(_ cipher: OpaquePointer) -> UnsafePointer<ekm_aead>? {
        let found = UnsafeMutablePointer<ekm_aead>.allocate(capacity: 1)
        unsafe found.initialize(to: ekm_aead())
        guard unsafe ekm_aead_find(cipher, found) == 1 else {
            unsafe found.deallocate()
            return nil
        }
        return unsafe UnsafePointer(found)
    }

    private static func cipher(_ name: String) -> OpaquePointer { unsafe present(EVP_CIPHER_fetch(nil, name, nil), name) }
    private static func mac(_ name: String) -> OpaquePointer { unsafe present(EVP_MAC_fetch(nil, name, nil), name) }

    private static func present(_ algorithm: OpaquePointer?, _ name: String) -> OpaquePointer {
        guard let algorithm = unsafe algorithm else {
            fatalError("OpenSSL's active providers do not offer \(name), which the formats need: check openssl.cnf.")
        }
        return unsafe algorithm
    }
}
