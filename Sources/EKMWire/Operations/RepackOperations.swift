/// Repacks.
extension Operation {
    package static let showRepack = Operation(rawValue: 40)
    package static let pauseRepack = Operation(rawValue: 41)
    package static let resumeRepack = Operation(rawValue: 42)
    package static let cancelRepack = Operation(rawValue: 43)
}

extension OperationDeclaration {
    static let repacks = [
        Self(
            .showRepack, "show-repack", request: "string8 environment", answer: "rest repack report, JSON", needs: .look, costs: .store,
            records: .nothing),
        Self(
            .pauseRepack, "pause-repack", request: "string8 environment", answer: "rest repack report, JSON", needs: .change, costs: .store,
            records: .changes),
        Self(
            .resumeRepack, "resume-repack", request: "string8 environment", answer: "rest repack report, JSON", needs: .change,
            costs: .store, records: .changes),
        Self(
            .cancelRepack, "cancel-repack", request: "string8 environment", answer: "rest repack report, JSON", needs: .change, costs: .kms,
            records: .changes, isRepeatable: false),
    ]
}
