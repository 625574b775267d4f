internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Reports what a deletion would make unreadable.
enum DeletionPreview: GatedOperation {
    typealias Request = EnvironmentRequest
    typealias Aim = AnEnvironment
    static let operation = Operation.deletionPreview

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = found.environment
        let contents = try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.environments.contents(of: environment)
        }
        return try OffLoopAnswer(
            report: DeletionReport(environment.identity.name, contents), secondsLeft: service.secondsLeft(of: environment))
    }
}
