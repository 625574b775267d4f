internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Walks the real path of the daemon, and of one environment where one is named, and reports each step.
enum Diagnose: GatedOperation {
    typealias Request = EnvironmentRequest
    static let operation = Operation.diagnose

    static func aim(of request: EnvironmentRequest) throws(WireError) -> PerhapsAnEnvironment {
        try PerhapsAnEnvironment(request.environment)
    }

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        guard let environment = found.subject else {
            let checks = await DaemonDiagnosis(service, for: found.peer).checks + environments(for: found.peer, service)
            return try OffLoopAnswer(report: DoctorReport(checks: checks))
        }
        let checks = await DaemonDiagnosis(service, for: found.peer).checks + EnvironmentDiagnosis(environment, service).checks()
        return try OffLoopAnswer(
            report: DoctorReport(checks: checks), secondsLeft: service.secondsLeft(of: environment))
    }

    /// How many of them are named.
    private static let mostTroubled = 1_000

    /// Which of them do not serve; their main keys are not tried.
    private static func environments(for peer: Peer, _ service: Service) -> [DoctorReport.Check] {
        let now = service.clock.now
        let visible = VisibleEnvironments(to: peer, service)
        let troubled = visible.troubled(limit: mostTroubled, at: now).map { name, trouble in
            DoctorReport.Check(
                "\(name)", trouble.state == .locked ? .warning : .failed,
                ["It is \(trouble.state.rawValue)", trouble.since.map { "since \($0)" }, trouble.reason.map { "(\($0))" }].compactMap { $0 }
                    .joined(separator: " ") + ".", remedy: "ekmctl doctor \(name)")
        }
        let count = visible.states(at: now).values.reduce(0, +)
        guard troubled.isEmpty else { return troubled }
        return [DoctorReport.Check("environments", .ok, count == 0 ? "There are none yet." : "All \(count) serve.")]
    }
}

extension DoctorReport.Check {
    init(_ check: DiagnosisCheck) {
        self.init(check.name, DoctorReport.Outcome(rawValue: check.outcome.rawValue), check.message, remedy: check.remedy)
    }
}
