internal import EKMWire
internal import KeyHierarchy

extension EnvironmentReport {
    /// What `env show` tells.
    init(_ view: EnvironmentView) {
        let record = view.record
        let reference = record.mainKey.reference
        let generation = record.environmentKey.generation
        self.init(
            environment: record.identity.name.description, id: record.identity.id.description, state: State(rawValue: view.state.rawValue),
            mainKey: MainKeyReport(
                kind: reference.kind.rawValue, reference: reference.identifier, generation: generation?.name,
                roleARN: reference.options["role-arn"], externalID: reference.options["external-id"]),
            proof: ProofReport(
                at: view.provedAt?.description, verdict: view.verdict?.verdict.name ?? "none",
                reason: view.verdict.flatMap { $0.reason.isEmpty ? nil : $0.reason }),
            secondsLeft: Int(view.secondsLeft),
            census: view.census.map { CensusReport(generation: $0.generation?.name ?? "unknown", keys: $0.keys) },
            replacement: ReplacementReport(lastAt: record.replacedAt?.description, allowedFrom: view.replacementAllowedFrom?.description),
            repack: nil,
            keys: KeyCountReport(
                hourly: view.contents.hourlyKeys, connection: view.contents.connectionKeys, log: view.contents.logKeys),
            createdAt: record.createdAt.description)
    }
}

extension DeletionReport {
    init(_ name: EnvironmentName, _ contents: EnvironmentContents) {
        self.init(
            environment: name.description, connectionKeys: contents.connectionKeys, hourlyKeys: contents.hourlyKeys,
            logKeys: contents.logKeys, firstHour: contents.firstHour?.start.description, lastHour: contents.lastHour?.start.description)
    }
}
