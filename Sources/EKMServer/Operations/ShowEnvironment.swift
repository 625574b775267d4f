internal import EKMWire
internal import KeyHierarchy

/// Reports one environment.
enum ShowEnvironment: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let name = try name(in: request)
        try service.authorizer.requireStatus(of: name, for: request.peer)
        let environment = try service.environment(name)
        let view = try await hierarchy { () throws(HierarchyError) in try await service.keyring.view(of: environment) }
        return try OffLoopAnswer(report: EnvironmentReport(view), secondsLeft: secondsLeft(of: environment, service))
    }
}
