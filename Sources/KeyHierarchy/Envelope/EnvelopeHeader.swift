/// The clear part of a ciphertext: what it is, and which key opens it. All of it is authenticated and committed to.
///
/// ```
/// "EKM" (3) ‖ version 1 (u8) ‖ suite 1 (u8) ‖ scope (u8) ‖ environment id (16) ‖ key id (16)
/// job data only:  job digest (16) ‖ wrapped data key (72)
/// ```
package struct EnvelopeHeader: Hashable, Sendable {
    /// Of a header without the part that only job data has; bytes.
    package static let shortByteCount = 38
    /// Of a job's header; bytes.
    package static let jobByteCount = 126
    /// Wrapped data key: nonce (24) ‖ ciphertext (32) ‖ tag (16).
    package static let wrappedKeyByteCount = 72
    /// Where a job's header holds its wrapped data key.
    package static let wrappedKey = jobByteCount - wrappedKeyByteCount..<jobByteCount
    static let magic: [UInt8] = Array("EKM".utf8)
    static let version: UInt8 = 1
    static let suite: UInt8 = 1

    package let scope: Scope.Kind
    package let environment: EnvironmentID
    /// The hourly key for jobs and events, else the connection or log key.
    package let key: KeyID
    /// Of a job's header, else nil.
    package let job: JobDigest?

    /// Reads the header at the start of `envelope`.
    /// - Throws: `HierarchyError` with `.unknownFormat` when it is no envelope of ours, or of a newer version.
    package init(parsing envelope: RawSpan) throws(HierarchyError) {
        guard envelope.byteCount >= Self.shortByteCount,
            Self.magic.indices.allSatisfy({ Self.byte(envelope, $0) == Self.magic[$0] })
        else {
            throw HierarchyError(
                .unknownFormat, "This is not a ciphertext of ekmd.", remedy: "Pass what encrypt returned, whole and unchanged.")
        }
        guard Self.byte(envelope, 3) == Self.version, Self.byte(envelope, 4) == Self.suite else {
            throw HierarchyError(
                .unknownFormat, "This ciphertext has a version or suite that this ekmd does not know.",
                remedy: "Decrypt it with the ekmd that made it, or a newer one; if it was damaged on the way, take another copy.")
        }
        guard let scope = Scope.Kind(rawValue: Self.byte(envelope, 5)) else {
            throw HierarchyError(
                .unknownFormat, "This ciphertext names a scope that does not exist.", remedy: "It was damaged; take another copy.")
        }
        guard envelope.byteCount >= Self.byteCount(for: scope) else {
            throw HierarchyError(.cannotDecrypt, "This ciphertext is cut short.", remedy: "Take another copy.")
        }
        self.scope = scope
        environment = EnvironmentID(bytes: envelope, at: 6)
        key = KeyID(bytes: envelope, at: 22)
        job = scope == .job ? JobDigest(bytes: envelope, at: Self.shortByteCount) : nil
    }

    /// Of the header for a scope; bytes.
    package static func byteCount(for scope: Scope.Kind) -> Int { scope == .job ? jobByteCount : shortByteCount }

    /// A header's bytes for `key`; `wrapped` is empty but for job data.
    package static func bytes(
        _ scope: Scope.Kind, environment: EnvironmentID, key: KeyID, job: JobDigest? = nil, wrapped: [UInt8] = []
    ) -> [UInt8] {
        magic + [version, suite, scope.rawValue] + environment.bytes + key.bytes + (job?.bytes ?? []) + wrapped
    }

    /// What tells keys apart quickly: random bytes of the wrapped data key, or of the key's id. Nil where there is no whole header.
    @inline(__always)
    package static func hash(of envelope: RawSpan) -> UInt64? {
        guard envelope.byteCount >= shortByteCount else { return nil }
        let isJob = byte(envelope, 5) == Scope.Kind.job.rawValue
        guard !isJob || envelope.byteCount >= jobByteCount else { return nil }
        return unsafe envelope.unsafeLoadUnaligned(fromByteOffset: isJob ? wrappedKey.lowerBound : 22, as: UInt64.self)
    }

    @inline(__always)
    private static func byte(_ span: RawSpan, _ offset: Int) -> UInt8 { unsafe span.unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
}
