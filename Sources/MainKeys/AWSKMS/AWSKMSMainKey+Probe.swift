internal import Cryptography
package import KeyHierarchy

extension AWSKMSMainKey {
    /// Describes, encrypts, decrypts, and sees a decrypt under another context, and one of a changed ciphertext, refused. An alias is pinned to the key that it names now.
    package func probe(for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> MainKeyReference {
        let given = reference.options[Option.given] ?? reference.identifier
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

    private func check(_ description: KMSKeyDescription, names key: AWSKeyReference, region: String) throws(MainKeyFailure) {
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
        let context = KMSClient.context(of: environment)
        do {
            // As long as what it will wrap.
            let sample = try SecretBytes.random(byteCount: 56)
            let ciphertext = try await client.encrypt(sample, key: key, context: context)
            let decrypted = try await client.decrypt(ciphertext, key: key, context: context)
            guard decrypted.plaintext.withBytes({ sample.isEqual(to: $0) }) else { throw MainKeyFailure.foreignContent }
            try await refusesOtherContext(client, ciphertext, key: key, environment: environment)
            try await refusesChanges(client, ciphertext, key: key, context: context)
        } catch let failure as AWSFailure {
            throw explained(failure, stage: .encryption)
        } catch let failure as MainKeyFailure {
            throw failure
        } catch {
            throw MainKeyFailure.noSecretMemory
        }
    }

    /// A KMS that decrypts what nobody encrypted could not tell us that a wrap was changed.
    private func refusesChanges(
        _ client: KMSClient, _ ciphertext: [UInt8], key: String, context: [(key: String, value: String)]
    ) async throws {
        var changed = ciphertext
        guard let last = changed.popLast() else { throw MainKeyFailure.foreignContent }
        changed.append(last ^ 1)
        do throws(AWSFailure) {
            _ = try await client.decrypt(changed, key: key, context: context)
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
    private func refusesOtherContext(_ client: KMSClient, _ ciphertext: [UInt8], key: String, environment: EnvironmentName) async throws {
        let other = [
            (key: "ekm:environment", value: environment.environment + "-probe"), (key: "ekm:workspace", value: environment.workspace),
        ]
        do throws(AWSFailure) {
            _ = try await client.decrypt(ciphertext, key: key, context: other)
        } catch {
            if let code = error.code, ["InvalidCiphertextException", "AccessDeniedException", "AccessDenied"].contains(code) { return }
            // An answer that names another key, for instance, stays what it is.
            throw error
        }
        throw MainKeyFailure(
            verdict: .mismatched, stage: .encryption,
            message: "the KMS decrypted under another encryption context: it does not keep environments apart.",
            remedy: "Use AWS KMS, or an emulator that authenticates the encryption context.")
    }
}
