internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Hands out one receipt. It outlives its environment; then only who administers all of them may see it.
enum ShowReceipt: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let parsed = try request.fields.withBytes { (fields) throws(WireError) in try ReceiptRequest(parsing: fields) }
        try service.authorizer.requireStatus(for: request.peer)
        guard let id = ErasureID(hex: parsed.id) else {
            throw WireError(
                .noReceipt, "The id of a receipt has \(2 * ErasureID.byteCount) hex digits.", remedy: "See `ekmctl receipt list`.")
        }
        let receipt = try await hierarchy { () throws(HierarchyError) in try await service.hierarchies.eraser.receipt(id) }
        if let environment = service.hierarchies.keyring.environment(receipt.environment) {
            try service.authorizer.requireStatus(of: environment.identity.name, for: request.peer)
        } else {
            try service.authorizer.requireAdminOfAll(for: request.peer)
        }
        return try OffLoopAnswer(report: ReceiptReport(receipt, service.root.publicKey))
    }
}

extension Identifier {
    /// Nil unless it is as ``description`` writes it.
    fileprivate init?(hex: String) {
        let digits = Array(hex.utf8)
        guard digits.count == 2 * Self.byteCount else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.value(digits[index]), let low = Self.value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        self.init(bytes)
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 97...102: digit - 87
        default: nil
        }
    }
}
