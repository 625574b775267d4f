import COpenSSL

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
    /// The digest of `bytes`, 32 bytes.
    package static func hash(_ bytes: RawSpan) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let status = unsafe digest.withUnsafeMutableBufferPointer { digest in
            unsafe bytes.withUnsafeBytes { unsafe EVP_Digest($0.baseAddress, $0.count, digest.baseAddress, nil, Algorithm.sha256, nil) }
        }
        precondition(status == 1, "SHA-256 has no way to fail but a lack of memory")
        return digest
    }
}
