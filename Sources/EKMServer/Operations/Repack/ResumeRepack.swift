internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Lets a paused repack go on, and reports it.
enum ResumeRepack: GatedOperation {
    typealias Request = EnvironmentRequest
    typealias Aim = AnEnvironment
    static let operation = Operation.resumeRepack

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = found.environment
        try await hierarchy { () throws(HierarchyError) in try await service.hierarchies.repacker.resume(environment) }
        return try OffLoopAnswer(
            report: try await service.repackReport(of: environment), secondsLeft: service.secondsLeft(of: environment))
    }
}
