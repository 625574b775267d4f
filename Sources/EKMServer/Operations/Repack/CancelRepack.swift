internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Takes a replacement back, and reports what is left to move.
enum CancelRepack: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = try administered(request, service)
        try await hierarchy { () throws(HierarchyError) in try await service.hierarchies.repacker.cancel(environment) }
        return try OffLoopAnswer(
            report: try await service.repackReport(of: environment), secondsLeft: secondsLeft(of: environment, service))
    }
}
