public import EKMWire

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
