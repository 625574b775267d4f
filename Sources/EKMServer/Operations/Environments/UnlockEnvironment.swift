internal import EKMWire
internal import KeyHierarchy

/// Unlocks an environment, and reports it.
enum UnlockEnvironment: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = try administered(request, service)
        try await hierarchy { () throws(HierarchyError) in try await service.keyring.unlock(environment) }
        return try await OffLoopAnswer(environment, service)
    }
}
