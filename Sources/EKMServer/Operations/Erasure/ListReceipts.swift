internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Reports the receipts of an environment, a line each, oldest first.
enum ListReceipts: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = try shown(request, service)
        let receipts = try await hierarchy { () throws(HierarchyError) in try await service.hierarchies.eraser.receipts(of: environment) }
        return try OffLoopAnswer(
            report: receipts.map(ReceiptSummaryReport.init), secondsLeft: secondsLeft(of: environment, service))
    }
}
