/// The wrapped form of a lent data key, which its client keeps beside what it encrypted.
///
/// ```
/// "EKL" (3) ‖ version 1 (u8) ‖ suite 1 (u8) ‖ scope (u8) ‖ environment id (16) ‖ key id (16) ‖ scope digest (16)
/// ‖ nonce (24) ‖ encrypted key (32) ‖ tag (16)
/// ```
/// Its associated data names it a lent key, and holds the header and the canonical context: nothing else opens as one.
package struct LentDataKey: Sendable {
    package static let byteCount = 126
    static let headerByteCount = 54
    static let magic: [UInt8] = Array("EKL".utf8)

    package let scope: Scope.Kind
    package let environment: EnvironmentID
    package let key: KeyID
    package let scopeDigest: JobDigest
    package let header: [UInt8]
    package let wrapped: [UInt8]

    /// - Throws: `HierarchyError` with `.unknownFormat`.
    package init(parsing bytes: [UInt8]) throws(HierarchyError) {
        guard bytes.count == Self.byteCount, Array(bytes[0..<3]) == Self.magic, bytes[3] == 1, bytes[4] == 1,
            let scope = Scope.Kind(rawValue: bytes[5])
        else {
            throw HierarchyError(
                .unknownFormat, "This is not a lent data key of ekmd, or of a version that this ekmd does not know.",
                remedy: "Pass the wrapped key as it was given, whole and unchanged.")
        }
        self.scope = scope
        (environment, key, scopeDigest) = unsafe (
            EnvironmentID(bytes: bytes.span.bytes, at: 6), KeyID(bytes: bytes.span.bytes, at: 22),
            JobDigest(bytes: bytes.span.bytes, at: 38)
        )
        header = Array(bytes[..<Self.headerByteCount])
        wrapped = Array(bytes[Self.headerByteCount...])
    }

    package static func header(_ scope: Scope, environment: EnvironmentID, key: KeyID) -> [UInt8] {
        magic + [1, 1, scope.kind.rawValue] + environment.bytes + key.bytes + JobDigest(of: scope.id).bytes
    }
}
