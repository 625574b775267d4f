internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Reports what a deletion would make unreadable.
enum DeletionPreview: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let name = try name(in: request)
        try service.authorizer.requireStatus(of: name, for: request.peer)
        let environment = try service.environment(name)
        let contents = try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.environments.contents(of: environment)
        }
        return try OffLoopAnswer(report: DeletionReport(name, contents), secondsLeft: secondsLeft(of: environment, service))
    }
}
