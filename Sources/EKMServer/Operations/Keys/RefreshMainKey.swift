internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Has the KMS wrap the environment key anew, and reports the main key.
enum RefreshMainKey: GatedOperation {
    typealias Request = EnvironmentRequest
    typealias Aim = AnEnvironment
    static let operation = Operation.refreshMainKey

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = found.environment
        try await hierarchy { () throws(HierarchyError) in try await service.hierarchies.poller.refreshMainKey(of: environment) }
        return try OffLoopAnswer(
            report: try await service.keyReport(of: environment), secondsLeft: service.secondsLeft(of: environment))
    }
}
