internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Hands out one receipt.
enum ShowReceipt: GatedOperation {
    typealias Request = ReceiptRequest
    static let operation = Operation.showReceipt

    static func aim(of request: ReceiptRequest) throws(WireError) -> AReceipt { try AReceipt(request.id) }

    static func perform(_ found: Found<Self>, _ service: Service) throws(WireError) -> OffLoopAnswer {
        try OffLoopAnswer(report: ReceiptReport(found.subject, service.root.publicKey))
    }
}
