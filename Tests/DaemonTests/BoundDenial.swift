import TestSupport

/// What a customer, or the way to their KMS, can do to access.
enum BoundDenial: String, CaseIterable, Sendable {
    case denied, disabled, closed, throttled, failing, hanging
    /// A decrypt that was granted hangs; the key is denied; then the grant arrives.
    case deniedBeforeGrantArrives

    /// Takes access away; returns when it is gone.
    func begin(_ environment: BoundEnvironment, _ kms: FaultInjectingKMS) async throws {
        let key = environment.key
        switch self {
        case .denied: kms.deny(Set(FaultInjectingKMS.Operation.allCases), on: key)
        case .disabled: kms.setState(.disabled, of: key)
        case .closed: kms.inject(.everything(key: key), .close)
        case .throttled: kms.inject(.everything(key: key), .throttled)
        case .failing: kms.inject(.everything(key: key), .internalException)
        case .hanging: kms.inject(.everything(key: key), .hang)
        case .deniedBeforeGrantArrives:
            kms.inject(.on(.decrypt, key: key), .delay(.milliseconds(300)))
            let seen = kms.calls(.decrypt, key: key)
            // Under traffic the next proof is asked for within the time to live.
            try await kms.waitForCalls(.decrypt, key: key, count: seen + 1)
            kms.deny(Set(FaultInjectingKMS.Operation.allCases), on: key)
        }
    }
}
