/// The numbers of the stream format, version 1. ``StreamHeader`` and <doc:StreamFormat> show where they stand.
package enum StreamFormat {
    /// "EKS".
    package static let magic: [UInt8] = [0x45, 0x4B, 0x53]
    package static let version: UInt8 = 1
    /// HKDF-SHA-256 and AES-256-GCM in STREAM.
    package static let suite: UInt8 = 1

    /// Magic, version, suite, chunk size, and length of the wrapped key, in bytes.
    package static let fixedSize = 8
    package static let saltSize = 32
    package static let commitmentSize = 32
    package static let tagSize = 16
    /// The longest wrapped key that is read, in bytes. Longer ones are refused before anything is reserved for them.
    package static let largestWrappedKey = 1024

    /// Whether `bytes` begin like a stream of any version.
    package static func isStream(_ bytes: RawSpan) -> Bool {
        bytes.byteCount >= magic.count
            && magic.indices.allSatisfy { unsafe bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) == magic[$0] }
    }
}
