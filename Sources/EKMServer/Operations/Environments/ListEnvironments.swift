internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Reports all environments whose status the peer may see, by name.
enum ListEnvironments: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        _ = try request.fields.withBytes { (fields) throws(WireError) in try EmptyRequest(.listEnvironments, parsing: fields) }
        try service.authorizer.requireStatus(for: request.peer)
        var reports: [EnvironmentReport] = []
        let ciphers = await service.cipherCounts()
        for environment in service.hierarchies.keyring.environments
        where service.authorizer.allows([.status, .admin], on: environment.identity.name, to: request.peer) {
            reports.append(try await service.report(of: environment, ciphers: ciphers[environment.identity.id] ?? 0))
        }
        return try OffLoopAnswer(report: reports)
    }
}
