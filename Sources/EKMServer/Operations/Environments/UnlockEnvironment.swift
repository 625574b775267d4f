internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Unlocks an environment, and reports it.
enum UnlockEnvironment: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = try administered(request, service)
        try await hierarchy { () throws(HierarchyError) in try await service.hierarchies.environments.unlock(environment, number: nil) }
        return try await OffLoopAnswer(environment, service)
    }
}
