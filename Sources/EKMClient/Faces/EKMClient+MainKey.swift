public import EKMWire

/// The main key and its repack, without holding a thread.
extension EKMClient {
    /// Points an environment at another main key.
    ///
    /// Not sent again when the connection breaks: see with `showMainKey` whether it was replaced.
    public func replaceMainKey(_ name: String, with mainKey: NewMainKey, flags: ReplacementFlags = [], timeout: Duration? = nil)
        async throws(EKMClientError) -> ReplacementOutcomeReport
    {
        try await perform(.replaceMainKey(name, mainKey, flags), timeout: timeout)
    }

    /// An environment's main key: its generation, its proof, its rotation, and what hangs under it.
    public func showMainKey(_ name: String, timeout: Duration? = nil) async throws(EKMClientError) -> KeyReport {
        try await perform(.showMainKey(name), timeout: timeout)
    }

    /// Has the KMS wrap the environment key anew, under the generation that encrypts now.
    public func refreshMainKey(_ name: String, timeout: Duration? = nil) async throws(EKMClientError) -> KeyReport {
        try await perform(.refreshMainKey(name), timeout: timeout)
    }

    /// Rotates a managed main key.
    ///
    /// Not sent again when the connection breaks: see with `showMainKey` whether it was rotated.
    public func rotateMainKey(_ name: String, timeout: Duration? = nil) async throws(EKMClientError) -> KeyReport {
        try await perform(.rotateMainKey(name), timeout: timeout)
    }

    /// Destroys uploaded material. Only the same bytes, uploaded again, bring it back.
    ///
    /// Not sent again when the connection breaks: see with `showMainKey` whether it was withdrawn.
    ///
    /// - Parameter confirmation: The name once more, as a person typed it.
    public func withdrawMaterial(_ name: String, confirmation: String, timeout: Duration? = nil) async throws(EKMClientError) -> KeyReport {
        try await perform(.withdrawMaterial(name, confirmation: confirmation), timeout: timeout)
    }

    /// Forgets the main key that waits for its grant.
    public func cancelPendingMainKey(_ name: String, timeout: Duration? = nil) async throws(EKMClientError) -> KeyReport {
        try await perform(.cancelPendingMainKey(name), timeout: timeout)
    }

    /// How far the repack of an environment has come.
    public func showRepack(_ name: String, timeout: Duration? = nil) async throws(EKMClientError) -> RepackReport {
        try await perform(.showRepack(name), timeout: timeout)
    }

    /// Pauses the repack; encryption and decryption go on.
    public func pauseRepack(_ name: String, timeout: Duration? = nil) async throws(EKMClientError) -> RepackReport {
        try await perform(.pauseRepack(name), timeout: timeout)
    }

    /// Lets a paused repack go on.
    public func resumeRepack(_ name: String, timeout: Duration? = nil) async throws(EKMClientError) -> RepackReport {
        try await perform(.resumeRepack(name), timeout: timeout)
    }

    /// Takes a replacement back, as long as its repack runs: the former main key is in force again.
    ///
    /// Not sent again when the connection breaks: see with `showRepack` whether it was cancelled.
    public func cancelRepack(_ name: String, timeout: Duration? = nil) async throws(EKMClientError) -> RepackReport {
        try await perform(.cancelRepack(name), timeout: timeout)
    }
}
