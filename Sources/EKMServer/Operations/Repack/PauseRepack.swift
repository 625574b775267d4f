internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Pauses a repack, and reports it.
enum PauseRepack: GatedOperation {
    typealias Request = EnvironmentRequest
    typealias Aim = AnEnvironment
    static let operation = Operation.pauseRepack

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = found.environment
        try await hierarchy { () throws(HierarchyError) in try await service.hierarchies.repacker.pause(environment) }
        return try OffLoopAnswer(
            report: try await service.repackReport(of: environment), secondsLeft: service.secondsLeft(of: environment))
    }
}
