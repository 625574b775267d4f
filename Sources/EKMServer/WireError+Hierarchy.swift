internal import EKMWire
internal import KeyHierarchy

extension WireError {
    /// A failure of the hierarchy, as it crosses the wire.
    init(_ error: HierarchyError) {
        self.init(
            ErrorCode(error.code), error.message, remedy: error.remedy, verdict: error.verdict.map { WireVerdict($0.verdict) } ?? .none,
            verdictAt: error.verdict.map { UInt64(clamping: $0.at.seconds) }, reason: error.verdict?.reason ?? "")
    }
}

extension ErrorCode {
    init(_ code: HierarchyError.Code) {
        self =
            switch code.value {
            case .invalidName: .invalidName
            case .unknownEnvironment: .unknownEnvironment
            case .environmentExists: .environmentExists
            case .confirmationMismatch: .confirmationMismatch
            case .damaged: .damaged
            case .locked: .locked
            case .cannotDecrypt: .cannotDecrypt
            case .wrongScope: .wrongScope
            case .unknownFormat: .unknownFormat
            case .unknownKey: .unknownKey
            case .invalidScope: .malformedField
            case .restricted: .restricted
            case .revoked: .revoked
            case .mismatched: .mismatched
            case .throttled: .throttled
            // A wipe that came between says that the key must be asked for again, as a silent KMS does.
            case .unreachable, .wiped: .unreachable
            case .mainKeyInaccessible: .mainKeyInaccessible
            case .mainKeyCannotEncrypt: .mainKeyCannotEncrypt
            case .invalidMaterial: .materialInvalid
            case .replacementTooSoon: .replacementTooSoon
            case .wrongKind: .wrongKeyKind
            case .materialDiffers: .materialDiffers
            case .wouldLose: .wouldLose
            case .noRepack: .noRepack
            case .erased: .erased
            case .clockInDoubt: .clockInDoubt
            case .noReceipt: .noReceipt
            case .limitReached: .limitReached
            case .receiptDue: .receiptDue
            case .storeFailed: .storeFailed
            case .internal, .generationPassed: .internalError
            }
    }
}

extension WireVerdict {
    init(_ verdict: Verdict) { self.init(rawValue: verdict.rawValue) }
}
