/// The main key of an environment.
extension Operation {
    package static let replaceMainKey = Operation(rawValue: 32)
    package static let showMainKey = Operation(rawValue: 33)
    package static let refreshMainKey = Operation(rawValue: 34)
    package static let rotateMainKey = Operation(rawValue: 35)
    package static let withdrawMaterial = Operation(rawValue: 36)
    package static let cancelPendingMainKey = Operation(rawValue: 37)
}

extension OperationDeclaration {
    static let mainKeys = [
        Self(
            .replaceMainKey, "replace-main-key", request: "string8 environment, u8 flags, u8 kind of main key, see below",
            answer: "rest replacement report, JSON", needs: .change, costs: .kms, records: .changes, isRepeatable: false),
        Self(
            .showMainKey, "show-main-key", request: "string8 environment", answer: "rest key report, JSON", needs: .look, costs: .kms,
            records: .nothing),
        Self(
            .refreshMainKey, "refresh-main-key", request: "string8 environment", answer: "rest key report, JSON", needs: .change,
            costs: .kms, records: .changes),
        Self(
            .rotateMainKey, "rotate-main-key", request: "string8 environment", answer: "rest key report, JSON", needs: .change,
            costs: .kms, records: .changes, isRepeatable: false),
        Self(
            .withdrawMaterial, "withdraw-material", request: "string8 environment, string8 the same, as a person typed it",
            answer: "rest key report, JSON", needs: .change, costs: .store, records: .changes, isRepeatable: false, isUrgent: true),
        Self(
            .cancelPendingMainKey, "cancel-pending-main-key", request: "string8 environment", answer: "rest key report, JSON",
            needs: .change, costs: .kms, records: .changes, isRepeatable: false),
    ]
}
