import CLinux
import COpenSSL
import Glibc

/// Random bytes for keys, nonces and identifiers.
///
/// They come from OpenSSL's DRBG (NIST SP 800-90A) with 32 fresh bytes of the kernel's as additional input to every request:
/// as fast as the DRBG alone for a batch of nonces, but a virtual machine that was cloned, or set back to a snapshot, does not repeat them.
package enum Random {
    /// The most that one request to the DRBG may ask for.
    private static let mostAtOnce = 1 << 16

    /// Overwrites all of `output`.
    /// - Throws: ``CryptographyError/Code/randomUnavailable``.
    package static func fill(_ output: inout MutableRawSpan) throws(CryptographyError) {
        try unsafe output.withUnsafeMutableBytes { (buffer) throws(CryptographyError) in try unsafe fill(buffer) }
    }

    /// `count` fresh bytes, for what is public: a nonce, a salt, an identifier. Keys are made with ``SecretBytes/random(byteCount:in:)``.
    /// - Throws: ``CryptographyError/Code/randomUnavailable``.
    package static func bytes(_ count: Int) throws(CryptographyError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        try fill(&raw)
        return bytes
    }

    static func append(_ count: Int, to output: inout OutputRawSpan) throws(CryptographyError) {
        try unsafe output.withUnsafeMutableBytes { (buffer, filled) throws(CryptographyError) in
            try unsafe fill(UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + count]))
            filled += count
        }
    }

    private static func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(CryptographyError) {
        guard let generator = unsafe RAND_get0_private(nil) else { throw unavailable("OpenSSL has no random generator") }
        var rest = unsafe buffer[...]
        while unsafe !rest.isEmpty {
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: rest.prefix(mostAtOnce))
            try unsafe withUnsafeTemporaryAllocation(byteCount: 32, alignment: 16) { (fresh) throws(CryptographyError) in
                defer { if let start = fresh.baseAddress { unsafe explicit_bzero(start, fresh.count) } }
                guard unsafe getrandom(fresh.baseAddress, fresh.count, 0) == fresh.count else { throw unavailable("getrandom failed") }
                guard unsafe EVP_RAND_generate(generator, part.baseAddress, part.count, 256, 0, fresh.baseAddress, fresh.count) == 1 else {
                    ERR_clear_error()
                    throw unavailable("OpenSSL's generator failed")
                }
            }
            unsafe rest = rest.dropFirst(part.count)
        }
    }

    private static func unavailable(_ why: String) -> CryptographyError {
        CryptographyError(.randomUnavailable, "No random bytes: \(why). Nothing was encrypted; try again.")
    }
}
