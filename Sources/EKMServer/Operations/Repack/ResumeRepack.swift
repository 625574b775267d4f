internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Lets a paused repack go on, and reports it.
enum ResumeRepack: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = try administered(request, service)
        try await hierarchy { () throws(HierarchyError) in try await service.hierarchies.repacker.resume(environment) }
        return try OffLoopAnswer(
            report: try await service.repackReport(of: environment), secondsLeft: secondsLeft(of: environment, service))
    }
}
