internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Takes a replacement back, and reports what is left to move.
enum CancelRepack: GatedOperation {
    typealias Request = EnvironmentRequest
    typealias Aim = AnEnvironment
    static let operation = Operation.cancelRepack

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = found.environment
        try await hierarchy { () throws(HierarchyError) in try await service.hierarchies.repacker.cancel(environment) }
        return try OffLoopAnswer(
            report: try await service.repackReport(of: environment), secondsLeft: service.secondsLeft(of: environment))
    }
}
