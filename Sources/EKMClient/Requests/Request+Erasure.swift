internal import EKMWire

extension Request where Value == EnvironmentReport {
    static func lockEnvironment(_ name: String, _ reason: String) -> Self {
        Request(operation: .lockEnvironment) { (bytes, id) throws(WireError) in
            try LockRequest(environment: name, reason: reason).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            try ReportCoding.decode(EnvironmentReport.self, from: fields)
        }
    }

    static func unlockEnvironment(_ name: String, _ lock: UInt32?) -> Self {
        Request(operation: .unlockEnvironment) { (bytes, id) throws(WireError) in
            try UnlockRequest(environment: name, lock: lock).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            try ReportCoding.decode(EnvironmentReport.self, from: fields)
        }
    }

    static func setRetention(_ name: String, _ change: RetentionChange) -> Self {
        Request(operation: .setRetention) { (bytes, id) throws(WireError) in
            try RetentionRequest(environment: name, change: change).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            try ReportCoding.decode(EnvironmentReport.self, from: fields)
        }
    }
}

extension Request where Value == DeletionReport {
    static func previewErasure(_ name: String, _ subject: ErasureSubject) -> Self {
        Request(operation: .previewErasure) { (bytes, id) throws(WireError) in
            try ErasureRequest(environment: name, subject: subject).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            try ReportCoding.decode(DeletionReport.self, from: fields)
        }
    }
}

extension Request where Value == ReceiptReport {
    static func erase(_ name: String, _ subject: ErasureSubject, confirmation: String) -> Self {
        Request(operation: .erase) { (bytes, id) throws(WireError) in
            try ErasureRequest(environment: name, subject: subject, confirmation: confirmation).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            try ReportCoding.decode(ReceiptReport.self, from: fields)
        }
    }

    static func showReceipt(_ receipt: String) -> Self {
        Request(operation: .showReceipt) { (bytes, id) throws(WireError) in
            try ReceiptRequest(id: receipt).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            try ReportCoding.decode(ReceiptReport.self, from: fields)
        }
    }
}

extension Request where Value == [ReceiptSummaryReport] {
    static func listReceipts(_ name: String) -> Self { .named(.listReceipts, name) }
}

extension Request where Value == PublicKeyReport {
    static var receiptPublicKey: Self { .report(.receiptPublicKey) }
}

extension Request where Value == ClockReport {
    static var showClock: Self { .report(.showClock) }
    static var acceptClock: Self { .report(.acceptClock) }
}

extension Request where Value == DoctorReport {
    static func diagnose(_ name: String) -> Self { .named(.diagnose, name) }
}
