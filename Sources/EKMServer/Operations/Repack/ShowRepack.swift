internal import EKMWire
internal import KeyHierarchy

/// Reports how far an environment's repack has come.
enum ShowRepack: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = try shown(request, service)
        return try OffLoopAnswer(
            report: try await service.repackReport(of: environment), secondsLeft: secondsLeft(of: environment, service))
    }
}
