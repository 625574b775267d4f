import EKMWire

/// What a receipt says, byte for byte as it was signed.
struct ReceiptDocument {
    let bytes: [UInt8]?

    init(_ receipt: ReceiptReport) { bytes = Base64.decode(Array(receipt.document.utf8)[...]) }

    /// For a person.
    var text: String { bytes.flatMap { String(validating: $0, as: UTF8.self) } ?? "(the document is no text)" }
}
