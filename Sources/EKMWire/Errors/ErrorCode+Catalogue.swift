extension ErrorCode {
    private struct Entry {
        let code: ErrorCode
        let name: String
        let exitCode: Int32
    }

    private static let catalogue: [Entry] = [
        Entry(code: .malformedFrame, name: "malformed-frame", exitCode: 70),
        Entry(code: .frameTooLarge, name: "frame-too-large", exitCode: 64),
        Entry(code: .unknownOperation, name: "unknown-operation", exitCode: 70),
        Entry(code: .malformedField, name: "malformed-field", exitCode: 64),
        Entry(code: .unsupportedVersion, name: "unsupported-version", exitCode: 70),
        Entry(code: .incompleteFrame, name: "incomplete-frame", exitCode: 70),
        Entry(code: .noHello, name: "no-hello", exitCode: 70),
        Entry(code: .duplicateID, name: "duplicate-id", exitCode: 70),
        Entry(code: .notGranted, name: "not-granted", exitCode: 77),
        Entry(code: .unknownEnvironment, name: "unknown-environment", exitCode: 78),
        Entry(code: .environmentExists, name: "environment-exists", exitCode: 73),
        Entry(code: .invalidName, name: "invalid-name", exitCode: 64),
        Entry(code: .damaged, name: "damaged", exitCode: 69),
        Entry(code: .locked, name: "locked", exitCode: 69),
        Entry(code: .pending, name: "pending", exitCode: 75),
        Entry(code: .cannotDecrypt, name: "cannot-decrypt", exitCode: 65),
        Entry(code: .wrongScope, name: "wrong-scope", exitCode: 65),
        Entry(code: .unknownFormat, name: "unknown-format", exitCode: 65),
        Entry(code: .unknownKey, name: "unknown-key", exitCode: 65),
        Entry(code: .contextInvalid, name: "context-invalid", exitCode: 64),
        Entry(code: .erased, name: "erased", exitCode: 65),
        Entry(code: .restricted, name: "restricted", exitCode: 69),
        Entry(code: .revoked, name: "revoked", exitCode: 69),
        Entry(code: .mismatched, name: "mismatched", exitCode: 69),
        Entry(code: .throttled, name: "throttled", exitCode: 75),
        Entry(code: .unreachable, name: "unreachable", exitCode: 75),
        Entry(code: .mainKeyInaccessible, name: "main-key-inaccessible", exitCode: 69),
        Entry(code: .mainKeyCannotEncrypt, name: "main-key-cannot-encrypt", exitCode: 69),
        Entry(code: .materialInvalid, name: "material-invalid", exitCode: 78),
        Entry(code: .replacementTooSoon, name: "replacement-too-soon", exitCode: 75),
        Entry(code: .wrongKeyKind, name: "wrong-key-kind", exitCode: 64),
        Entry(code: .materialDiffers, name: "material-differs", exitCode: 78),
        Entry(code: .wouldLose, name: "would-lose", exitCode: 75),
        Entry(code: .noRepack, name: "no-repack", exitCode: 64),
        Entry(code: .limitReached, name: "limit-reached", exitCode: 75),
        Entry(code: .shuttingDown, name: "shutting-down", exitCode: 75),
        Entry(code: .storeFailed, name: "store-failed", exitCode: 73),
        Entry(code: .internalError, name: "internal", exitCode: 70),
        Entry(code: .confirmationMismatch, name: "confirmation-mismatch", exitCode: 64),
        Entry(code: .clockInDoubt, name: "clock-in-doubt", exitCode: 75),
        Entry(code: .noReceipt, name: "no-receipt", exitCode: 64),
        Entry(code: .receiptDue, name: "receipt-due", exitCode: 75),
    ]
    private static let entries = [UInt16: Entry](uniqueKeysWithValues: catalogue.map { ($0.code.rawValue, $0) })

    /// All codes of this version, in the order of their numbers.
    public static var all: [ErrorCode] { catalogue.map(\.code) }
    /// The stable name, in kebab-case; `error-N` for a number of a later version.
    public var name: String { Self.entries[rawValue]?.name ?? "error-\(rawValue)" }
    /// The exit code, of sysexits.h, with which a command that failed with this error ends.
    public var exitCode: Int32 { Self.entries[rawValue]?.exitCode ?? 70 }
}

extension ErrorCode: CustomStringConvertible {
    public var description: String { name }
}
