/// Environments as their operator handles them.
extension Operation {
    package static let createEnvironment = Operation(rawValue: 16)
    package static let listEnvironments = Operation(rawValue: 17)
    package static let showEnvironment = Operation(rawValue: 18)
    package static let deleteEnvironment = Operation(rawValue: 19)
    package static let externalID = Operation(rawValue: 22)
    package static let deletionPreview = Operation(rawValue: 23)
    package static let lockEnvironment = Operation(rawValue: 48)
    package static let unlockEnvironment = Operation(rawValue: 49)
    package static let setRetention = Operation(rawValue: 50)
    package static let pageEnvironments = Operation(rawValue: 60)
}

extension OperationDeclaration {
    static let environments = [
        Self(
            .createEnvironment, "create-environment", request: "string8 environment, u8 kind of main key, see below",
            answer: "rest report, JSON", needs: .change, costs: .kms, records: .changes, isRepeatable: false),
        Self(
            .listEnvironments, "list-environments", answer: "rest reports, a JSON array", needs: .anywhere([.status, .admin]),
            costs: .wholeStore, records: .nothing),
        Self(
            .showEnvironment, "show-environment", request: "string8 environment", answer: "rest report, JSON", needs: .look, costs: .store,
            records: .nothing),
        Self(
            .deleteEnvironment, "delete-environment", request: "string8 environment, string8 the same, as a person typed it",
            answer: "rest deletion report, JSON", needs: .change, costs: .store, records: .changes, isRepeatable: false),
        Self(
            .externalID, "external-id", request: "string8 environment, which need not exist yet", answer: "rest external id, UTF-8",
            needs: .look, costs: .store, records: .looks),
        Self(
            .deletionPreview, "deletion-preview", request: "string8 environment", answer: "rest deletion report, JSON", needs: .look,
            costs: .store, records: .nothing),
        Self(
            .lockEnvironment, "lock-environment", request: "string8 environment, string16 reason, at most 1,024 bytes",
            answer: "rest report, JSON", needs: .change, costs: .store, records: .changes, isUrgent: true),
        Self(
            .unlockEnvironment, "unlock-environment", request: "string8 environment, then nothing or u32 lock", answer: "rest report, JSON",
            needs: .change, costs: .store, records: .changes),
        Self(
            .setRetention, "set-retention", request: "string8 environment, u8 of what, then a u64 for each, see below",
            answer: "rest report, JSON", needs: .change, costs: .store, records: .changes),
        Self(
            .pageEnvironments, "page-environments",
            request: "string8 name to go on behind, string8 pattern, string8 state, string8 kind of main key, u16 most; see below",
            answer: "rest environment page, JSON", needs: .anywhere([.status, .admin]), costs: .store, records: .nothing),
    ]
}
