internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Has the KMS wrap the environment key anew, and reports the main key.
enum RefreshMainKey: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = try administered(request, service)
        try await hierarchy { () throws(HierarchyError) in try await service.hierarchies.poller.refreshMainKey(of: environment) }
        return try OffLoopAnswer(
            report: try await service.keyReport(of: environment), secondsLeft: secondsLeft(of: environment, service))
    }
}
