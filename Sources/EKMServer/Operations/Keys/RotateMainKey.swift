internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Rotates a managed main key, and reports it.
enum RotateMainKey: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = try administered(request, service)
        try await hierarchy { () throws(HierarchyError) in try await service.hierarchies.mainKeys.rotateManagedKey(of: environment) }
        return try OffLoopAnswer(
            report: try await service.keyReport(of: environment), secondsLeft: secondsLeft(of: environment, service))
    }
}
