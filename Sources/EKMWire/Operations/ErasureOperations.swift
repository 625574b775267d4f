/// Erasures and their receipts.
extension Operation {
    package static let previewErasure = Operation(rawValue: 51)
    package static let erase = Operation(rawValue: 52)
    package static let listReceipts = Operation(rawValue: 53)
    package static let showReceipt = Operation(rawValue: 54)
    package static let receiptPublicKey = Operation(rawValue: 55)
}

extension OperationDeclaration {
    static let erasures = [
        Self(
            .previewErasure, "preview-erasure", request: "string8 environment, subject, see below", answer: "rest deletion report, JSON",
            needs: .look, costs: .store, records: .nothing),
        Self(
            .erase, "erase", request: "string8 environment, subject, string8 the environment again, as a person typed it",
            answer: "rest receipt report, JSON", needs: .change, costs: .store, records: .changes, isRepeatable: false),
        Self(
            .listReceipts, "list-receipts", request: "string8 environment", answer: "rest receipt summaries, a JSON array", needs: .look,
            costs: .store, records: .nothing),
        Self(
            .showReceipt, "show-receipt", request: "string8 id of the receipt, in hex", answer: "rest receipt report, JSON", needs: .look,
            costs: .store, records: .nothing),
        Self(
            .receiptPublicKey, "receipt-public-key", answer: "rest public key report, JSON", needs: .anywhere([.status, .admin]),
            costs: .warm, records: .nothing),
    ]
}
