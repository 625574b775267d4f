internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Reports the receipts of an environment, a line each, oldest first.
enum ListReceipts: GatedOperation {
    typealias Request = EnvironmentRequest
    typealias Aim = AnEnvironment
    static let operation = Operation.listReceipts

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = found.environment
        let receipts = try await hierarchy { () throws(HierarchyError) in try await service.hierarchies.eraser.receipts(of: environment) }
        return try OffLoopAnswer(
            report: receipts.map(ReceiptSummaryReport.init), secondsLeft: service.secondsLeft(of: environment))
    }
}
