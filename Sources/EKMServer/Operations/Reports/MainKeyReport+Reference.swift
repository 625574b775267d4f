internal import EKMWire
internal import KeyHierarchy

extension MainKeyReport {
    init(_ reference: MainKeyReference, _ generation: Generation?) {
        self.init(
            kind: reference.kind.rawValue, reference: reference.identifier, generation: generation?.name,
            options: reference.options.filter { $0.key != MainKeyReference.givenOption })
    }
}

extension ProofReport {
    init(provedAt: WallTime?, _ verdict: VerdictRecord?) {
        self.init(
            at: provedAt?.description, verdict: verdict?.verdict.name ?? "none", verdictAt: verdict?.at.description,
            reason: verdict.flatMap { $0.reason.isEmpty ? nil : $0.reason })
    }
}
