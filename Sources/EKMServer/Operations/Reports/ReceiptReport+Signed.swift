internal import Bedrock
internal import Cryptography
internal import EKMWire
internal import FoundationEssentials
internal import KeyHierarchy

extension ReceiptReport {
    init(_ receipt: SignedReceipt, _ key: VerifyingKey) {
        self.init(
            id: receipt.erasure.description, environment: receipt.environment.description,
            document: Base64.text(of: receipt.document), signature: Base64.text(of: receipt.signature),
            publicKey: Base64.text(of: key.bytes))
    }
}

extension ReceiptSummaryReport {
    init(_ receipt: SignedReceipt) {
        self.init(id: receipt.erasure.description)
        guard let document = try? JSONDecoder().decode(Receipt.self, from: Data(receipt.document)) else { return }
        at = document.finishedAt
        cause = document.cause
        keys = document.keys.count
        subject =
            switch document.subject.kind {
            case "connection": "connection \(document.subject.connection ?? "")"
            case let kind: "\(kind) before \(document.subject.before ?? "")"
            }
    }
}
