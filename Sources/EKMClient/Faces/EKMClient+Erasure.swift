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
