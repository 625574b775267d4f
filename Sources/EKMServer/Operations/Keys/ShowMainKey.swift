internal import EKMWire
internal import KeyHierarchy

/// Reports an environment's main key; asks its KMS, so that it is true now.
enum ShowMainKey: GatedOperation {
    typealias Request = EnvironmentRequest
    typealias Aim = AnEnvironment
    static let operation = Operation.showMainKey

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = found.environment
        return try OffLoopAnswer(
            report: try await service.keyReport(of: environment), secondsLeft: service.secondsLeft(of: environment))
    }
}
