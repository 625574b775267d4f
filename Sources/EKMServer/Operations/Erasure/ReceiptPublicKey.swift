internal import Bedrock
internal import Cryptography
internal import EKMWire
internal import KeyHierarchy

/// Tells the key with which receipts are checked.
enum ReceiptPublicKey: GatedOperation {
    typealias Request = EmptyRequest
    typealias Aim = TheDaemon
    static let operation = Operation.receiptPublicKey

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        try OffLoopAnswer(report: PublicKeyReport(publicKey: Base64.text(of: service.root.publicKey.bytes)))
    }
}
