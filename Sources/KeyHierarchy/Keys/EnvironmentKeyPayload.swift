package import Cryptography

/// What a main key wraps: `EKM1 ‖ environment id (16) ‖ version (u32, big-endian) ‖ environment key (32)`, 56 bytes.
package enum EnvironmentKeyPayload {
    package static let byteCount = 56
    private static let magic: [UInt8] = Array("EKM1".utf8)

    /// - Throws: `CryptographyError` with `.arenaFull`.
    package static func make(
        _ key: borrowing SecretBytes, environment: EnvironmentID, version: EnvironmentKeyVersion
    ) throws(CryptographyError) -> SecretBytes {
        let prefix = prefix(environment, version)
        return try key.withBytes { (key: RawSpan) throws(CryptographyError) -> SecretBytes in
            try SecretBytes(byteCount: byteCount) { output in
                for byte in prefix { output.append(byte) }
                for offset in key.byteOffsets { output.append(unsafe key.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) }
            }
        }
    }

    /// The environment key, once everything around it is what it must be.
    /// - Throws: `MainKeyFailure` with the verdict `mismatched` when the content is not ours.
    package static func open(
        _ payload: borrowing SecretBytes, environment: EnvironmentID, version: EnvironmentKeyVersion
    ) throws(MainKeyFailure) -> SecretBytes {
        let prefix = prefix(environment, version)
        guard payload.byteCount == byteCount,
            payload.withBytes({ payload in
                unsafe ConstantTime.equal(payload.extracting(0..<prefix.count), prefix.span.bytes)
            })
        else { throw .foreignContent }
        do {
            return try payload.withBytes { (payload: RawSpan) throws(CryptographyError) -> SecretBytes in
                try SecretBytes(copying: payload.extracting(prefix.count..<byteCount))
            }
        } catch { throw .noSecretMemory }
    }

    private static func prefix(_ environment: EnvironmentID, _ version: EnvironmentKeyVersion) -> [UInt8] {
        magic + environment.bytes + version.number.bigEndianBytes
    }
}

extension FixedWidthInteger {
    var bigEndianBytes: [UInt8] {
        (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> (Self.bitWidth - 8 - 8 * $0)) }
    }
}
