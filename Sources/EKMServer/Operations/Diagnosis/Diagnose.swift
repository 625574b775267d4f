internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Walks the real path of the daemon, and of one environment where one is named, and reports each step.
enum Diagnose: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let parsed = try request.fields.withBytes { (fields) throws(WireError) in try EnvironmentRequest(.diagnose, parsing: fields) }
        guard !parsed.environment.isEmpty else {
            try service.authorizer.requireStatus(for: request.peer)
            let checks = await DaemonDiagnosis(service).checks + environments(for: request.peer, service)
            return try OffLoopAnswer(report: DoctorReport(checks: checks))
        }
        let name = try EnvironmentName(wire: parsed.environment)
        try service.authorizer.requireStatus(of: name, for: request.peer)
        let environment = try service.environment(name)
        let checks = await DaemonDiagnosis(service).checks + EnvironmentDiagnosis(environment, service).checks()
        return try OffLoopAnswer(
            report: DoctorReport(checks: checks), secondsLeft: secondsLeft(of: environment, service))
    }

    /// Which of them do not serve; their main keys are not tried.
    private static func environments(for peer: Peer, _ service: Service) -> [DoctorReport.Check] {
        let now = service.clock.now
        let visible = service.hierarchies.keyring.environments.filter {
            service.authorizer.allows([.status, .admin], on: $0.identity.name, to: peer)
        }
        let troubled = visible.compactMap { environment in
            environment.trouble(at: now).map { trouble in
                DoctorReport.Check(
                    "\(environment.identity.name)", trouble.state == .locked ? .warning : .failed,
                    ["It is \(trouble.state.rawValue)", trouble.since.map { "since \($0)" }, trouble.reason.map { "(\($0))" }].compactMap {
                        $0
                    }
                    .joined(separator: " ") + ".", remedy: "ekmctl doctor \(environment.identity.name)")
            }
        }
        guard troubled.isEmpty else { return troubled }
        return [DoctorReport.Check("environments", .ok, visible.isEmpty ? "There are none yet." : "All \(visible.count) serve.")]
    }
}

extension DoctorReport.Check {
    init(_ check: DiagnosisCheck) {
        self.init(check.name, DoctorReport.Outcome(rawValue: check.outcome.rawValue), check.message, remedy: check.remedy)
    }
}
