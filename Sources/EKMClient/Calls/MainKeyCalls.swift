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

/// The main key and its repack, on the calling thread.
extension BlockingClient {
    /// Points an environment at another main key.
    ///
    /// Not sent again when the connection breaks: see with `showMainKey` whether it was replaced.
    public func replaceMainKey(_ name: String, with mainKey: NewMainKey, flags: ReplacementFlags = [], timeout: Duration? = nil)
        throws(EKMClientError) -> ReplacementOutcomeReport
    {
        try client.performBlocking(.replaceMainKey(name, mainKey, flags), timeout: timeout)
    }

    /// An environment's main key: its generation, its proof, its rotation, and what hangs under it.
    public func showMainKey(_ name: String, timeout: Duration? = nil) throws(EKMClientError) -> KeyReport {
        try client.performBlocking(.showMainKey(name), timeout: timeout)
    }

    /// Has the KMS wrap the environment key anew, under the generation that encrypts now.
    public func refreshMainKey(_ name: String, timeout: Duration? = nil) throws(EKMClientError) -> KeyReport {
        try client.performBlocking(.refreshMainKey(name), timeout: timeout)
    }

    /// Rotates a managed main key.
    ///
    /// Not sent again when the connection breaks: see with `showMainKey` whether it was rotated.
    public func rotateMainKey(_ name: String, timeout: Duration? = nil) throws(EKMClientError) -> KeyReport {
        try client.performBlocking(.rotateMainKey(name), timeout: timeout)
    }

    /// Destroys uploaded material. Only the same bytes, uploaded again, bring it back.
    ///
    /// Not sent again when the connection breaks: see with `showMainKey` whether it was withdrawn.
    ///
    /// - Parameter confirmation: The name once more, as a person typed it.
    public func withdrawMaterial(_ name: String, confirmation: String, timeout: Duration? = nil) throws(EKMClientError) -> KeyReport {
        try client.performBlocking(.withdrawMaterial(name, confirmation: confirmation), timeout: timeout)
    }

    /// Forgets the main key that waits for its grant.
    public func cancelPendingMainKey(_ name: String, timeout: Duration? = nil) throws(EKMClientError) -> KeyReport {
        try client.performBlocking(.cancelPendingMainKey(name), timeout: timeout)
    }

    /// How far the repack of an environment has come.
    public func showRepack(_ name: String, timeout: Duration? = nil) throws(EKMClientError) -> RepackReport {
        try client.performBlocking(.showRepack(name), timeout: timeout)
    }

    /// Pauses the repack; encryption and decryption go on.
    public func pauseRepack(_ name: String, timeout: Duration? = nil) throws(EKMClientError) -> RepackReport {
        try client.performBlocking(.pauseRepack(name), timeout: timeout)
    }

    /// Lets a paused repack go on.
    public func resumeRepack(_ name: String, timeout: Duration? = nil) throws(EKMClientError) -> RepackReport {
        try client.performBlocking(.resumeRepack(name), timeout: timeout)
    }

    /// Takes a replacement back, as long as its repack runs: the former main key is in force again.
    ///
    /// Not sent again when the connection breaks: see with `showRepack` whether it was cancelled.
    public func cancelRepack(_ name: String, timeout: Duration? = nil) throws(EKMClientError) -> RepackReport {
        try client.performBlocking(.cancelRepack(name), timeout: timeout)
    }
}

extension Request where Value == ReplacementOutcomeReport {
    static func replaceMainKey(_ name: String, _ mainKey: NewMainKey, _ flags: ReplacementFlags) -> Self {
        Request(operation: .replaceMainKey) { (bytes, id) throws(WireError) in
            switch mainKey {
            case .managed:
                try ReplaceMainKeyRequest.encodeManaged(environment: name, flags: flags, into: &bytes, requestID: id)
            case .material(let material):
                try ReplaceMainKeyRequest.encode(
                    environment: name, flags: flags, material: unsafe material.span.bytes, into: &bytes, requestID: id)
            case .kms(let key):
                try ReplaceMainKeyRequest.encode(environment: name, flags: flags, key: key, into: &bytes, requestID: id)
            }
        } decode: { (fields, _) throws(WireError) in
            try ReportCoding.decode(ReplacementOutcomeReport.self, from: fields)
        }
    }
}

extension Request where Value == KeyReport {
    static func showMainKey(_ name: String) -> Self { .named(.showMainKey, name) }
    static func refreshMainKey(_ name: String) -> Self { .named(.refreshMainKey, name) }
    static func rotateMainKey(_ name: String) -> Self { .named(.rotateMainKey, name) }
    static func withdrawMaterial(_ name: String, confirmation: String) -> Self { .confirmed(.withdrawMaterial, name, confirmation) }
    static func cancelPendingMainKey(_ name: String) -> Self { .named(.cancelPendingMainKey, name) }
}

extension Request where Value == RepackReport {
    static func showRepack(_ name: String) -> Self { .named(.showRepack, name) }
    static func pauseRepack(_ name: String) -> Self { .named(.pauseRepack, name) }
    static func resumeRepack(_ name: String) -> Self { .named(.resumeRepack, name) }
    static func cancelRepack(_ name: String) -> Self { .named(.cancelRepack, name) }
}
