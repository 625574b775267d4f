internal import EKMWire
internal import KeyHierarchy

extension ReplacementOutcomeReport {
    init(_ outcome: ReplacementOutcome, of environment: EnvironmentName) {
        self.init(
            environment: environment.description, outcome: outcome.kind.rawValue,
            mainKey: MainKeyReport(outcome.mainKey, outcome.generation), keysToMove: outcome.keysToMove,
            keysUnreadable: outcome.keysUnreadable,
            estimatedSeconds: outcome.keysToMove == 0 ? nil : Int(outcome.estimatedTime.components.seconds),
            allowedFrom: outcome.allowedFrom?.description, probe: outcome.findings, warnings: outcome.warnings)
    }
}
