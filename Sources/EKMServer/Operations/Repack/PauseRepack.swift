internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Pauses a repack, and reports it.
enum PauseRepack: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = try administered(request, service)
        try await hierarchy { () throws(HierarchyError) in try await service.hierarchies.repacker.pause(environment) }
        return try OffLoopAnswer(
            report: try await service.repackReport(of: environment), secondsLeft: secondsLeft(of: environment, service))
    }
}
