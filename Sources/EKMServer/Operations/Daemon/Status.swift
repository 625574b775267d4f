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
        let seesAll = service.authorizer.seesAll(found.peer)
        let visible = VisibleEnvironments(to: found.peer, service)
        let troubled = visible.troubled(limit: Self.mostTroubled, at: now).map { TroubledReport($0, $1) }
        let daemon = service.daemon
        return try OffLoopAnswer(
            report: StatusReport(
                version: daemon.version, pid: Int(getpid()), startedAt: service.startedAt.description,
                uptimeSeconds: Int(service.began.remaining(until: now).components.seconds), socket: daemon.socket, state: daemon.state,
                environments: visible.states(at: now), troubled: troubled,
                requests: seesAll ? await service.requestCounts().report : nil, connections: seesAll ? service.connections.current : nil,
                storeBackend: daemon.storeBackend, rootKeyExported: seesAll ? daemon.isRootKeyExported() : nil,
                warnings: seesAll ? daemon.warnings() : []))
    }
}

extension TroubledReport {
    init(_ name: EnvironmentName, _ trouble: EnvironmentTrouble) {
        self.init(
            environment: name.description, state: EnvironmentReport.State(rawValue: trouble.state.rawValue),
            since: trouble.since?.description, reason: trouble.reason)
    }
}
