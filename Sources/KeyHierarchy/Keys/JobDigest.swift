internal import Cryptography

/// The first 16 bytes of SHA-256 over the UTF-8 of a job's id (or, in a lent data key, of any scope's id).
package struct JobDigest: Identifier {
    package let halves: Halves

    package init(halves: Halves) { self.halves = halves }

    package init(of id: String) {
        let hash = SHA256.hash(of: Array(id.utf8))
        self = unsafe Self(bytes: hash.span.bytes, at: 0)
    }
}

extension SHA256 {
    fileprivate static func hash(of bytes: [UInt8]) -> [UInt8] { unsafe hash(bytes.span.bytes) }
}
