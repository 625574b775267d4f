internal import Cryptography
package import KeyHierarchy
internal import MainKeyDeclarations

extension AWSKMSMainKey {
    /// Describes, encrypts, decrypts, and sees a decrypt under another context, and one of a changed ciphertext, refused. An alias is pinned to the key that it names now.
    package func probe(for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> MainKeyReference {
        let given = reference.options[Option.given] ?? reference.identifier
        let (key, region) = try target(given)
        let client = session.client(region: region, role: reference.options[Option.role], externalID: reference.options[Option.externalID])
        let description: KMSKeyDescription
        do throws(AWSFailure) {
            description = try await client.describeKey(given)
        } catch {
            throw explained(error, stage: .access)
        }
        try check(description, names: key, region: region)
        try await prove(client, key: description.arn, environment: environment.name)
        var pinned = reference
        pinned.identifier = description.arn
        pinned.options[Option.given] = given
        return pinned
    }

    /// Which key is named, and in which region it is.
    func target(_ given: String) throws(MainKeyFailure) -> (AWSKeyReference, region: String) {
        guard let key = AWSKeyReference(given) else {
            throw MainKeyFailure(
                verdict: .unreachable, message: "'\(given.prefix(256))' is not the ARN, the id or an alias of a KMS key.",
                remedy: "Give the key's ARN, as the AWS console shows it: arn:aws:kms:REGION:ACCOUNT:key/ID.")
        }
        guard let region = key.region ?? session.configuration.region else {
            throw MainKeyFailure(
                verdict: .unreachable, message: "'\(given)' does not say in which region the key is, and no region is configured.",
                remedy: "Give the key's ARN, or set aws.region in the configuration (or AWS_REGION).")
        }
        return (key, region)
    }

    func check(_ description: KMSKeyDescription, names key: AWSKeyReference, region: String) throws(MainKeyFailure) {
        guard let named = AWSKeyReference(description.arn), named.form == .keyARN, named.region == region,
            key.form != .keyARN || named.text == key.text,
            key.form != .keyID || named.text.hasSuffix("/\(key.text)"),
            key.account == nil || named.account == key.account
        else {
            throw MainKeyFailure(
                verdict: .mismatched, stage: .access, message: "KMS described another key than the one that was asked for.",
                reason: "asked for \(key.text), described \(description.arn.prefix(512))",
                remedy: "Check the endpoint: what answers there is not the KMS of this key.")
        }
        guard description.usage == "ENCRYPT_DECRYPT", description.spec == "SYMMETRIC_DEFAULT" else {
            let kind = description.usage == "GENERATE_VERIFY_MAC" ? "an HMAC key" : "an asymmetric key"
            throw MainKeyFailure(
                verdict: .mismatched, stage: .encryption,
                message:
                    "it is \(kind) (\(description.spec), \(description.usage)), and only a symmetric encryption key can be a main key.",
                remedy: "Make a key of the type Symmetric for Encrypt and decrypt (SYMMETRIC_DEFAULT), and give its ARN.")
        }
        if let failure = failure(of: description) { throw failure }
    }

    private func prove(_ client: KMSClient, key: String, environment: EnvironmentName) async throws(MainKeyFailure) {
        do {
            let sample = try await encryptSample(client, key: key, environment: environment)
            try await decrypts(sample, client, key: key, environment: environment)
            _ = try await refusesOtherContext(client, sample.ciphertext, key: key, environment: environment)
            try await refusesChanges(client, sample.ciphertext, key: key, environment: environment)
        } catch {
            throw failed(error)
        }
    }

    /// What a step of the proof threw, in words.
    func failed(_ error: any Error) -> MainKeyFailure {
        switch error {
        case let failure as AWSFailure: explained(failure, stage: .encryption)
        case let failure as MainKeyFailure: failure
        default: .noSecretMemory
        }
    }

    /// As long as what the key will wrap.
    func encryptSample(_ client: KMSClient, key: String, environment: EnvironmentName) async throws -> KMSSample {
        let plaintext = try SecretBytes.random(byteCount: 56)
        let ciphertext = try await client.encrypt(plaintext, key: key, context: KMSClient.context(of: environment))
        return KMSSample(plaintext: plaintext, ciphertext: ciphertext)
    }

    func decrypts(_ sample: borrowing KMSSample, _ client: KMSClient, key: String, environment: EnvironmentName) async throws {
        let decrypted = try await client.decrypt(sample.ciphertext, key: key, context: KMSClient.context(of: environment))
        guard sample.isPlaintext(decrypted.plaintext) else { throw MainKeyFailure.foreignContent }
    }

    /// A KMS that decrypts what nobody encrypted could not tell us that a wrap was changed.
    func refusesChanges(_ client: KMSClient, _ ciphertext: [UInt8], key: String, environment: EnvironmentName) async throws {
        var changed = ciphertext
        guard let last = changed.popLast() else { throw MainKeyFailure.foreignContent }
        changed.append(last ^ 1)
        do throws(AWSFailure) {
            _ = try await client.decrypt(changed, key: key, context: KMSClient.context(of: environment))
        } catch {
            if let code = error.code, ["InvalidCiphertextException", "IncorrectKeyException"].contains(code) { return }
            throw error
        }
        throw MainKeyFailure(
            verdict: .mismatched, stage: .encryption,
            message: "the KMS decrypted a ciphertext that was changed: it does not authenticate them.",
            remedy: "Use AWS KMS, or an emulator that authenticates its ciphertexts.")
    }

    /// Only a refusal proves that the context counts; no answer proves nothing.
    /// - Returns: whether already the key's policy refuses other environments.
    func refusesOtherContext(
        _ client: KMSClient, _ ciphertext: [UInt8], key: String, environment: EnvironmentName
    ) async throws -> Bool {
        let other = [
            (key: "ekm:environment", value: environment.environment + "-probe"), (key: "ekm:workspace", value: environment.workspace),
        ]
        do throws(AWSFailure) {
            _ = try await client.decrypt(ciphertext, key: key, context: other)
        } catch {
            if error.isDenied { return true }
            if error.code == "InvalidCiphertextException" { return false }
            // An answer that names another key, for instance, stays what it is.
            throw error
        }
        throw MainKeyFailure(
            verdict: .mismatched, stage: .encryption,
            message: "the KMS decrypted under another encryption context: it does not keep environments apart.",
            remedy: "Use AWS KMS, or an emulator that authenticates the encryption context.")
    }
}
