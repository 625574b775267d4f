internal import EKMWire
internal import KeyHierarchy

/// Reports an environment's main key; asks its KMS, so that it is true now.
enum ShowMainKey: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = try shown(request, service)
        return try OffLoopAnswer(
            report: try await service.keyReport(of: environment), secondsLeft: secondsLeft(of: environment, service))
    }
}
