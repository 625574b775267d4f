internal import EKMWire
internal import KeyHierarchy

/// Reports all environments whose status the peer may see, by name.
enum ListEnvironments: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        _ = try request.fields.withBytes { (fields) throws(WireError) in try EmptyRequest(.listEnvironments, parsing: fields) }
        try service.authorizer.requireStatus(for: request.peer)
        var reports: [EnvironmentReport] = []
        for environment in service.keyring.environments
        where service.authorizer.allows([.status, .admin], on: environment.identity.name, to: request.peer) {
            let view = try await hierarchy { () throws(HierarchyError) in try await service.keyring.view(of: environment) }
            reports.append(EnvironmentReport(view))
        }
        return try OffLoopAnswer(report: reports)
    }
}
