internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Forgets the main key that waits for its grant, and reports the one in force.
enum CancelPendingMainKey: GatedOperation {
    typealias Request = EnvironmentRequest
    typealias Aim = AnEnvironment
    static let operation = Operation.cancelPendingMainKey

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = found.environment
        try await hierarchy { () throws(HierarchyError) in try await service.hierarchies.mainKeys.cancelPending(of: environment) }
        return try OffLoopAnswer(
            report: try await service.keyReport(of: environment), secondsLeft: service.secondsLeft(of: environment))
    }
}
