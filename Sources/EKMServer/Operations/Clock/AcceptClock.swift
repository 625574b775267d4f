internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Believes the wall clock as it is now, and reports it: what waited for it goes on.
enum AcceptClock: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        _ = try request.fields.withBytes { (fields) throws(WireError) in try EmptyRequest(.acceptClock, parsing: fields) }
        try service.authorizer.requireAdminOfAll(for: request.peer)
        do throws(KeyStoreError) { try await service.hierarchies.judge.accept() } catch {
            throw WireError(.storeFailed, "The clock was not accepted: \(error.message)", remedy: error.remedy)
        }
        return try OffLoopAnswer(report: ClockReport(service))
    }
}
