internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Believes the wall clock as it is now, and reports it: what waited for it goes on.
enum AcceptClock: GatedOperation {
    typealias Request = EmptyRequest
    typealias Aim = TheDaemon
    static let operation = Operation.acceptClock

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        do throws(KeyStoreError) { try await service.hierarchies.judge.accept() } catch {
            throw WireError(.storeFailed, "The clock was not accepted: \(error.message)", remedy: error.remedy)
        }
        return try OffLoopAnswer(report: ClockReport(service))
    }
}
