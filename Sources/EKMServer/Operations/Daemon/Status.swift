internal import Bedrock
internal import EKMWire
internal import Glibc
internal import KeyHierarchy
internal import Keyring

/// Reports the daemon itself.
enum Status: GatedOperation {
    typealias Request = EmptyRequest
    typealias Aim = TheDaemon
    static let operation = Operation.status

    /// How many environments in trouble are named.
    private static let mostTroubled = 100

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let now = service.clock.now
        var states: [String: Int] = [:]
        var troubled: [TroubledReport] = []
        for environment in service.hierarchies.keyring.environments {
            states[environment.state(at: now).rawValue, default: 0] += 1
            guard troubled.count < mostTroubled, let trouble = environment.trouble(at: now),
                service.authorizer.allows([.status, .admin], on: environment.identity.name, to: found.peer)
            else { continue }
            troubled.append(TroubledReport(environment.identity.name, trouble))
        }
        let daemon = service.daemon
        return try OffLoopAnswer(
            report: StatusReport(
                version: daemon.version, pid: Int(getpid()), startedAt: service.startedAt.description,
                uptimeSeconds: Int(service.began.remaining(until: now).components.seconds), socket: daemon.socket, state: daemon.state,
                environments: states, troubled: troubled, requests: await service.requestCounts().report,
                connections: service.connections.current,
                storeBackend: daemon.storeBackend, rootKeyExported: daemon.isRootKeyExported(), warnings: daemon.warnings()))
    }
}

extension TroubledReport {
    init(_ name: EnvironmentName, _ trouble: EnvironmentTrouble) {
        self.init(
            environment: name.description, state: EnvironmentReport.State(rawValue: trouble.state.rawValue),
            since: trouble.since?.description, reason: trouble.reason)
    }
}
