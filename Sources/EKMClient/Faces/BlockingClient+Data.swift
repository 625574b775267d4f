public import EKMWire

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
