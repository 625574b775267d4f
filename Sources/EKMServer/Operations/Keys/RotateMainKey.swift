internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Rotates a managed main key, and reports it.
enum RotateMainKey: GatedOperation {
    typealias Request = EnvironmentRequest
    typealias Aim = AnEnvironment
    static let operation = Operation.rotateMainKey

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = found.environment
        try await hierarchy { () throws(HierarchyError) in try await service.hierarchies.mainKeys.rotateManagedKey(of: environment) }
        return try OffLoopAnswer(
            report: try await service.keyReport(of: environment), secondsLeft: service.secondsLeft(of: environment))
    }
}
