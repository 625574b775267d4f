internal import Cryptography
internal import KeyHierarchy

/// What KMS decrypted.
struct KMSDecrypted: ~Copyable, Sendable {
    let plaintext: SecretBytes
    /// The material that had encrypted it; nil where KMS does not tell.
    let material: Generation?
    let sentAt: BootInstant
}

extension KMSClient {
    /// - Parameter key: the key's ARN; another key's answer is refused.
    func decrypt(
        _ ciphertext: [UInt8], key: String, context: [(key: String, value: String)]
    ) async throws(AWSFailure) -> KMSDecrypted {
        var body = JSONBody()
        body.add("KeyId", key)
        body.add("CiphertextBlob", base64: unsafe ciphertext.span.bytes)
        body.add("EncryptionContext", context)
        let answer: Answer
        do throws(AWSFailure) {
            answer = try await call("Decrypt", key: key, body.finish())
        } catch {
            throw await settled(error, key: key)
        }
        try Self.check(answer.document, is: key, operation: "Decrypt")
        let plaintext: SecretBytes?
        do throws(CryptographyError) {
            plaintext = try answer.document.secretBytes("Plaintext")
        } catch {
            throw AWSFailure(.answer("There is no locked memory left for what KMS decrypted."), verdict: .unreachable, operation: "Decrypt")
        }
        guard let plaintext else {
            throw AWSFailure(.answer("KMS answered Decrypt without a plaintext that fits."), verdict: .mismatched, operation: "Decrypt")
        }
        return KMSDecrypted(
            plaintext: plaintext, material: answer.document.text("KeyMaterialId").map { Generation($0) }, sentAt: answer.sentAt)
    }
}
