internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Reports one environment.
enum ShowEnvironment: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let name = try name(in: request)
        try service.authorizer.requireStatus(of: name, for: request.peer)
        return try await OffLoopAnswer(try service.environment(name), service)
    }
}
