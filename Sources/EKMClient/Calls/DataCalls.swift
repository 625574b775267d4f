public import EKMWire

/// Encrypting and decrypting, without holding a thread.
extension EKMClient {
    /// Encrypts data under the key of its scope, bound to a context.
    ///
    /// - Parameters:
    ///   - plaintext: At most the daemon's largest frame; larger data is encrypted here, with a data key.
    ///   - environment: `workspace/environment`.
    public func encrypt(
        _ plaintext: [UInt8], environment: String, scope: Scope, context: EncryptionContext = EncryptionContext(), timeout: Duration? = nil
    ) async throws(EKMClientError) -> Encrypted {
        try await perform(.encrypt(plaintext, EncryptRequest(environment: environment, scope: scope, context: context)), timeout: timeout)
    }

    /// Decrypts what `encrypt` returned.
    ///
    /// - Parameters:
    ///   - expectedScope: The scope that the ciphertext must have; nil for any.
    ///   - context: The context that it was encrypted with.
    public func decrypt(
        _ ciphertext: [UInt8], expecting expectedScope: Scope? = nil, context: EncryptionContext = EncryptionContext(),
        timeout: Duration? = nil
    ) async throws(EKMClientError) -> Decrypted {
        try await perform(.decrypt(ciphertext, DecryptRequest(expectedScope: expectedScope, context: context)), timeout: timeout)
    }

    /// Encrypts many plaintexts under one scope and context, in one request.
    ///
    /// - Parameter plaintexts: 1 to 1,024, together at most the daemon's largest frame.
    /// - Returns: a ciphertext for each, in their order, or why there is none.
    public func encrypt(
        batch plaintexts: [[UInt8]], environment: String, scope: Scope, context: EncryptionContext = EncryptionContext(),
        timeout: Duration? = nil
    ) async throws(EKMClientError) -> [Result<[UInt8], EKMClientError>] {
        try await perform(
            .batch(.encryptBatch, plaintexts, BatchRequest(environment: environment, scope: scope, context: context)), timeout: timeout)
    }

    /// Decrypts many ciphertexts of one environment and context, in one request.
    ///
    /// - Parameters:
    ///   - ciphertexts: 1 to 1,024, together at most the daemon's largest frame.
    ///   - expectedScope: The scope that each must have; nil for any.
    /// - Returns: a plaintext for each, in their order, or why there is none.
    public func decrypt(
        batch ciphertexts: [[UInt8]], environment: String, expecting expectedScope: Scope? = nil,
        context: EncryptionContext = EncryptionContext(), timeout: Duration? = nil
    ) async throws(EKMClientError) -> [Result<[UInt8], EKMClientError>] {
        try await perform(
            .batch(.decryptBatch, ciphertexts, BatchRequest(environment: environment, scope: expectedScope, context: context)),
            timeout: timeout)
    }

    /// Has a fresh data key made, to encrypt large data in this process.
    public func generateDataKey(
        environment: String, scope: Scope, context: EncryptionContext = EncryptionContext(), timeout: Duration? = nil
    ) async throws(EKMClientError) -> LentDataKey {
        try await perform(.generateDataKey(EncryptRequest(environment: environment, scope: scope, context: context)), timeout: timeout)
    }

    /// Has a wrapped data key opened.
    ///
    /// - Parameters:
    ///   - expectedScope: The scope that it must have been lent for; nil for any.
    ///   - context: The context that it was lent for.
    public func openDataKey(
        _ wrapped: [UInt8], expecting expectedScope: Scope? = nil, context: EncryptionContext = EncryptionContext(),
        timeout: Duration? = nil
    ) async throws(EKMClientError) -> OpenedDataKey {
        try await perform(.openDataKey(wrapped, DecryptRequest(expectedScope: expectedScope, context: context)), timeout: timeout)
    }

    /// Asks for an answer, and nothing else.
    public func ping(timeout: Duration? = nil) async throws(EKMClientError) {
        try await perform(.ping, timeout: timeout)
    }

    /// Asks the daemon for its version and limits.
    public func daemon(timeout: Duration? = nil) async throws(EKMClientError) -> DaemonInfo {
        try await perform(.hello(client: options.name), timeout: timeout)
    }
}

/// Encrypting and decrypting, on the calling thread.
extension BlockingClient {
    /// Encrypts data under the key of its scope, bound to a context.
    ///
    /// - Parameters:
    ///   - plaintext: At most the daemon's largest frame; larger data is encrypted here, with a data key.
    ///   - environment: `workspace/environment`.
    public func encrypt(
        _ plaintext: [UInt8], environment: String, scope: Scope, context: EncryptionContext = EncryptionContext(), timeout: Duration? = nil
    ) throws(EKMClientError) -> Encrypted {
        try client.performBlocking(
            .encrypt(plaintext, EncryptRequest(environment: environment, scope: scope, context: context)), timeout: timeout)
    }

    /// Decrypts what `encrypt` returned.
    ///
    /// - Parameters:
    ///   - expectedScope: The scope that the ciphertext must have; nil for any.
    ///   - context: The context that it was encrypted with.
    public func decrypt(
        _ ciphertext: [UInt8], expecting expectedScope: Scope? = nil, context: EncryptionContext = EncryptionContext(),
        timeout: Duration? = nil
    ) throws(EKMClientError) -> Decrypted {
        try client.performBlocking(.decrypt(ciphertext, DecryptRequest(expectedScope: expectedScope, context: context)), timeout: timeout)
    }

    /// Encrypts many plaintexts under one scope and context, in one request.
    ///
    /// - Parameter plaintexts: 1 to 1,024, together at most the daemon's largest frame.
    /// - Returns: a ciphertext for each, in their order, or why there is none.
    public func encrypt(
        batch plaintexts: [[UInt8]], environment: String, scope: Scope, context: EncryptionContext = EncryptionContext(),
        timeout: Duration? = nil
    ) throws(EKMClientError) -> [Result<[UInt8], EKMClientError>] {
        try client.performBlocking(
            .batch(.encryptBatch, plaintexts, BatchRequest(environment: environment, scope: scope, context: context)), timeout: timeout)
    }

    /// Decrypts many ciphertexts of one environment and context, in one request.
    ///
    /// - Parameters:
    ///   - ciphertexts: 1 to 1,024, together at most the daemon's largest frame.
    ///   - expectedScope: The scope that each must have; nil for any.
    /// - Returns: a plaintext for each, in their order, or why there is none.
    public func decrypt(
        batch ciphertexts: [[UInt8]], environment: String, expecting expectedScope: Scope? = nil,
        context: EncryptionContext = EncryptionContext(), timeout: Duration? = nil
    ) throws(EKMClientError) -> [Result<[UInt8], EKMClientError>] {
        try client.performBlocking(
            .batch(.decryptBatch, ciphertexts, BatchRequest(environment: environment, scope: expectedScope, context: context)),
            timeout: timeout)
    }

    /// Has a fresh data key made, to encrypt large data in this process.
    public func generateDataKey(
        environment: String, scope: Scope, context: EncryptionContext = EncryptionContext(), timeout: Duration? = nil
    ) throws(EKMClientError) -> LentDataKey {
        try client.performBlocking(
            .generateDataKey(EncryptRequest(environment: environment, scope: scope, context: context)), timeout: timeout)
    }

    /// Has a wrapped data key opened.
    ///
    /// - Parameters:
    ///   - expectedScope: The scope that it must have been lent for; nil for any.
    ///   - context: The context that it was lent for.
    public func openDataKey(
        _ wrapped: [UInt8], expecting expectedScope: Scope? = nil, context: EncryptionContext = EncryptionContext(),
        timeout: Duration? = nil
    ) throws(EKMClientError) -> OpenedDataKey {
        try client.performBlocking(.openDataKey(wrapped, DecryptRequest(expectedScope: expectedScope, context: context)), timeout: timeout)
    }

    /// Asks for an answer, and nothing else.
    public func ping(timeout: Duration? = nil) throws(EKMClientError) {
        try client.performBlocking(.ping, timeout: timeout)
    }

    /// Asks the daemon for its version and limits.
    public func daemon(timeout: Duration? = nil) throws(EKMClientError) -> DaemonInfo {
        try client.performBlocking(.hello(client: client.options.name), timeout: timeout)
    }
}

extension Request where Value == Encrypted {
    static func encrypt(_ plaintext: [UInt8], _ request: EncryptRequest) -> Self {
        Request(operation: .encrypt) { (bytes, id) throws(WireError) in
            try request.encode(plaintext: unsafe plaintext.span.bytes, into: &bytes, requestID: id)
        } decode: { fields, secondsLeft in
            Encrypted(ciphertext: fields.array(fields.byteOffsets), secondsLeft: secondsLeft.seconds)
        }
    }
}

extension Request where Value == Decrypted {
    static func decrypt(_ ciphertext: [UInt8], _ request: DecryptRequest) -> Self {
        Request(operation: .decrypt) { (bytes, id) throws(WireError) in
            try request.encode(ciphertext: unsafe ciphertext.span.bytes, into: &bytes, requestID: id)
        } decode: { fields, secondsLeft in
            Decrypted(plaintext: fields.array(fields.byteOffsets), secondsLeft: secondsLeft.seconds)
        }
    }
}

extension Request where Value == LentDataKey {
    static func generateDataKey(_ request: EncryptRequest) -> Self {
        Request(operation: .generateDataKey) { (bytes, id) throws(WireError) in
            try request.encodeGenerateDataKey(into: &bytes, requestID: id)
        } decode: { (fields, secondsLeft) throws(WireError) in
            let view = try DataKeyAnswerView(parsing: fields)
            return LentDataKey(
                wrapped: fields.array(view.wrapped), secondsLeft: secondsLeft.seconds,
                key: try DataKey(copying: fields.extracting(view.key)))
        }
    }
}

extension Request where Value == OpenedDataKey {
    static func openDataKey(_ wrapped: [UInt8], _ request: DecryptRequest) -> Self {
        Request(operation: .openDataKey) { (bytes, id) throws(WireError) in
            try request.encodeOpenDataKey(wrapped: unsafe wrapped.span.bytes, into: &bytes, requestID: id)
        } decode: { (fields, secondsLeft) throws(WireError) in
            OpenedDataKey(secondsLeft: secondsLeft.seconds, key: try DataKey(copying: fields))
        }
    }
}

extension Request where Value == [Result<[UInt8], EKMClientError>] {
    static func batch(_ operation: Operation, _ items: [[UInt8]], _ request: BatchRequest) -> Self {
        Request(operation: operation) { (bytes, id) throws(WireError) in
            try request.encode(operation, items: items, into: &bytes, requestID: id)
        } decode: { (fields, secondsLeft) throws(WireError) in
            try BatchAnswer.parse(fields).map { item in
                switch item {
                case .done(let range): .success(fields.array(range))
                case .failed(let error): .failure(EKMClientError(refusal: error, secondsLeft: secondsLeft))
                }
            }
        }
    }
}
