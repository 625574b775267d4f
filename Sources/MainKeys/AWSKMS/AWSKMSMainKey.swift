package import Cryptography
package import KeyHierarchy
internal import MainKeyDeclarations

/// A customer main key in AWS KMS: a symmetric encryption key, single- or multi-region, that never leaves it.
package struct AWSKMSMainKey: MainKey {
    let reference: MainKeyReference
    let session: AWSSession

    package init(reference: MainKeyReference, session: AWSSession) {
        self.reference = reference
        self.session = session
    }

    package func wrap(_ payload: consuming SecretBytes, for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> [UInt8] {
        let client = try client()
        do throws(AWSFailure) {
            // Encrypt does not name the material, and not every KMS names it when it decrypts: if it is the same before and after, it was this.
            let before = await currentMaterial(client)
            let wrapped = try await client.encrypt(payload, key: reference.identifier, context: KMSClient.context(of: environment.name))
            if let before, await currentMaterial(client) == before { session.remember(before, of: wrapped) }
            return wrapped
        } catch {
            throw explained(error, stage: .encryption)
        }
    }

    package func unwrap(_ wrapped: [UInt8], for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> UnwrappedEnvironmentKey {
        let client = try client()
        do throws(AWSFailure) {
            let answer = try await client.decrypt(wrapped, key: reference.identifier, context: KMSClient.context(of: environment.name))
            let (material, sentAt) = (answer.material, answer.sentAt)
            return UnwrappedEnvironmentKey(
                payload: answer.takePlaintext(), generation: material ?? session.generation(of: wrapped), sentAt: sentAt)
        } catch {
            throw explained(error, stage: .encryption)
        }
    }

    /// AWS counts by account and region.
    package var endpoint: String {
        let key = AWSKeyReference(reference.identifier)
        return "\(key?.region ?? session.configuration.region ?? "") \(key?.account ?? "")"
    }

    /// The client for a reference that was pinned to a key ARN.
    func client() throws(MainKeyFailure) -> KMSClient {
        guard let key = AWSKeyReference(reference.identifier), key.form == .keyARN, let region = key.region else {
            throw MainKeyFailure(
                verdict: .unreachable, message: "The environment's main key is not named by a key ARN.",
                remedy: "Set the main key up again, so that it is probed and pinned.")
        }
        return session.client(region: region, role: reference.options[Option.role], externalID: reference.options[Option.externalID])
    }

    /// The keys of a reference's options.
    enum Option {
        /// What the customer wrote.
        static let given = MainKeyReference.givenOption
        static let role = "role-arn"
        static let externalID = "external-id"
    }
}

extension KMSDecrypted {
    consuming func takePlaintext() -> SecretBytes { plaintext }
}
