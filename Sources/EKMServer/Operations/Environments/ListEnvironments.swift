internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Reports all environments whose status the peer may see, by name.
enum ListEnvironments: GatedOperation {
    typealias Request = EmptyRequest
    typealias Aim = TheDaemon
    static let operation = Operation.listEnvironments

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        var reports: [EnvironmentReport] = []
        let ciphers = await service.cipherCounts()
        for environment in service.hierarchies.keyring.environments
        where service.authorizer.allows([.status, .admin], on: environment.identity.name, to: found.peer) {
            reports.append(try await service.report(of: environment, ciphers: ciphers[environment.identity.id] ?? 0))
        }
        return try OffLoopAnswer(report: reports)
    }
}
