public import EKMWire

/// Locks, retention and erasure, without holding a thread.
extension EKMClient {
    /// Locks an environment, at once and until it is unlocked.
    ///
    /// - Parameter reason: At most 1,024 bytes; whoever is refused reads it.
    public func lockEnvironment(_ name: String, reason: String, timeout: Duration? = nil) async throws(EKMClientError) -> EnvironmentReport
    {
        try await perform(.lockEnvironment(name, reason), timeout: timeout)
    }

    /// Takes an environment's lock away.
    ///
    /// - Parameter lock: the number of one of several, as ``EnvironmentReport/locks`` tells it; nil for the only one.
    public func unlockEnvironment(_ name: String, lock: UInt32? = nil, timeout: Duration? = nil) async throws(EKMClientError)
        -> EnvironmentReport
    {
        try await perform(.unlockEnvironment(name, lock), timeout: timeout)
    }

    /// Sets how long an environment's keys are kept.
    public func setRetention(_ name: String, to change: RetentionChange, timeout: Duration? = nil) async throws(EKMClientError)
        -> EnvironmentReport
    {
        try await perform(.setRetention(name, change), timeout: timeout)
    }

    /// Tells which keys an erasure would take.
    public func previewErasure(_ name: String, of subject: ErasureSubject, timeout: Duration? = nil) async throws(EKMClientError)
        -> DeletionReport
    {
        try await perform(.previewErasure(name, subject), timeout: timeout)
    }

    /// Erases keys, and with them the way to read their data; returns the signed receipt.
    ///
    /// Not sent again when the connection breaks: an erasure that was begun is finished, and `listReceipts` shows it.
    ///
    /// - Parameter confirmation: The environment's name once more, as a person typed it.
    public func erase(_ name: String, _ subject: ErasureSubject, confirmation: String, timeout: Duration? = nil)
        async throws(EKMClientError) -> ReceiptReport
    {
        try await perform(.erase(name, subject, confirmation: confirmation), timeout: timeout)
    }

    /// The receipts of an environment's erasures, oldest first.
    public func listReceipts(_ name: String, timeout: Duration? = nil) async throws(EKMClientError) -> [ReceiptSummaryReport] {
        try await perform(.listReceipts(name), timeout: timeout)
    }

    /// One receipt, with its signature.
    ///
    /// - Parameter id: In hex.
    public func showReceipt(_ id: String, timeout: Duration? = nil) async throws(EKMClientError) -> ReceiptReport {
        try await perform(.showReceipt(id), timeout: timeout)
    }

    /// The key with which receipts are checked.
    public func receiptPublicKey(timeout: Duration? = nil) async throws(EKMClientError) -> PublicKeyReport {
        try await perform(.receiptPublicKey, timeout: timeout)
    }
}

/// Locks, retention and erasure, on the calling thread.
extension BlockingClient {
    /// Locks an environment, at once and until it is unlocked.
    ///
    /// - Parameter reason: At most 1,024 bytes; whoever is refused reads it.
    public func lockEnvironment(_ name: String, reason: String, timeout: Duration? = nil) throws(EKMClientError) -> EnvironmentReport {
        try client.performBlocking(.lockEnvironment(name, reason), timeout: timeout)
    }

    /// Takes an environment's lock away.
    ///
    /// - Parameter lock: the number of one of several, as ``EnvironmentReport/locks`` tells it; nil for the only one.
    public func unlockEnvironment(_ name: String, lock: UInt32? = nil, timeout: Duration? = nil) throws(EKMClientError) -> EnvironmentReport
    {
        try client.performBlocking(.unlockEnvironment(name, lock), timeout: timeout)
    }

    /// Sets how long an environment's keys are kept.
    public func setRetention(_ name: String, to change: RetentionChange, timeout: Duration? = nil) throws(EKMClientError)
        -> EnvironmentReport
    {
        try client.performBlocking(.setRetention(name, change), timeout: timeout)
    }

    /// Tells which keys an erasure would take.
    public func previewErasure(_ name: String, of subject: ErasureSubject, timeout: Duration? = nil) throws(EKMClientError)
        -> DeletionReport
    {
        try client.performBlocking(.previewErasure(name, subject), timeout: timeout)
    }

    /// Erases keys, and with them the way to read their data; returns the signed receipt.
    ///
    /// Not sent again when the connection breaks: an erasure that was begun is finished, and `listReceipts` shows it.
    ///
    /// - Parameter confirmation: The environment's name once more, as a person typed it.
    public func erase(_ name: String, _ subject: ErasureSubject, confirmation: String, timeout: Duration? = nil) throws(EKMClientError)
        -> ReceiptReport
    {
        try client.performBlocking(.erase(name, subject, confirmation: confirmation), timeout: timeout)
    }

    /// The receipts of an environment's erasures, oldest first.
    public func listReceipts(_ name: String, timeout: Duration? = nil) throws(EKMClientError) -> [ReceiptSummaryReport] {
        try client.performBlocking(.listReceipts(name), timeout: timeout)
    }

    /// One receipt, with its signature.
    ///
    /// - Parameter id: In hex.
    public func showReceipt(_ id: String, timeout: Duration? = nil) throws(EKMClientError) -> ReceiptReport {
        try client.performBlocking(.showReceipt(id), timeout: timeout)
    }

    /// The key with which receipts are checked.
    public func receiptPublicKey(timeout: Duration? = nil) throws(EKMClientError) -> PublicKeyReport {
        try client.performBlocking(.receiptPublicKey, timeout: timeout)
    }
}

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
