internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Forgets the main key that waits for its grant, and reports the one in force.
enum CancelPendingMainKey: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = try administered(request, service)
        try await hierarchy { () throws(HierarchyError) in try await service.hierarchies.mainKeys.cancelPending(of: environment) }
        return try OffLoopAnswer(
            report: try await service.keyReport(of: environment), secondsLeft: secondsLeft(of: environment, service))
    }
}
