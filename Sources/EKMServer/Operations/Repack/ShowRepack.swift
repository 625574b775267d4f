internal import EKMWire
internal import KeyHierarchy

/// Reports how far an environment's repack has come.
enum ShowRepack: GatedOperation {
    typealias Request = EnvironmentRequest
    typealias Aim = AnEnvironment
    static let operation = Operation.showRepack

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = found.environment
        return try OffLoopAnswer(
            report: try await service.repackReport(of: environment), secondsLeft: service.secondsLeft(of: environment))
    }
}
