internal import Bedrock
internal import Cryptography
internal import EKMWire
internal import KeyHierarchy

/// Tells the key with which receipts are checked.
enum ReceiptPublicKey: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        _ = try request.fields.withBytes { (fields) throws(WireError) in try EmptyRequest(.receiptPublicKey, parsing: fields) }
        try service.authorizer.requireStatus(for: request.peer)
        return try OffLoopAnswer(report: PublicKeyReport(publicKey: Base64.text(of: service.root.publicKey.bytes)))
    }
}
