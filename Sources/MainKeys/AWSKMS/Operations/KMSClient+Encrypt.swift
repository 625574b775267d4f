internal import Cryptography
internal import KeyHierarchy

extension KMSClient {
    /// - Parameter key: the key's ARN; another key's answer is refused.
    func encrypt(
        _ plaintext: borrowing SecretBytes, key: String, context: [(key: String, value: String)]
    ) async throws(AWSFailure) -> [UInt8] {
        var body = JSONBody()
        body.add("KeyId", key)
        plaintext.withBytes { body.add("Plaintext", base64: $0) }
        body.add("EncryptionContext", context)
        let answer: JSONDocument
        do throws(AWSFailure) {
            answer = try await call("Encrypt", key: key, body.finish()).document
        } catch {
            throw await settled(error, key: key)
        }
        try Self.check(answer, is: key, operation: "Encrypt")
        // KMS names 6,144 bytes as the most that a ciphertext can have.
        guard let ciphertext = answer.base64("CiphertextBlob"), !ciphertext.isEmpty, ciphertext.count <= 6144 else {
            throw AWSFailure(.answer("KMS answered Encrypt without a ciphertext."), verdict: .unreachable, operation: "Encrypt")
        }
        return ciphertext
    }

    /// Whether the answer is from the key that was asked.
    static func check(_ answer: JSONDocument, is key: String, operation: String) throws(AWSFailure) {
        guard let answered = answer.text("KeyId") else {
            throw AWSFailure(.answer("KMS answered \(operation) without naming the key."), verdict: .unreachable, operation: operation)
        }
        guard answered == key else {
            throw AWSFailure(
                .answer("KMS answered \(operation) for the key \(answered.prefix(256)) instead of \(key)."), verdict: .mismatched,
                operation: operation)
        }
    }
}
