package import KeyHierarchy

/// Makes main keys that stay in AWS KMS.
package struct AWSKMSProvider: MainKeyProvider {
    private let session: AWSSession

    package init(session: AWSSession) { self.session = session }

    package func mainKey(for record: MainKeyRecord, of environment: EnvironmentIdentity) throws(MainKeyFailure) -> any MainKey {
        guard record.reference.kind == .awsKMS else {
            throw MainKeyFailure(
                verdict: .unreachable, message: "'\(record.reference.kind.rawValue)' is not a main key in AWS KMS.",
                remedy: "This is a fault of ekmd: report it.")
        }
        return AWSKMSMainKey(reference: record.reference, session: session)
    }

    package func admit(_ reference: MainKeyReference, by rules: ReferenceRules) throws(ReferenceRefusal) -> MainKeyReference {
        try AWSKMSKind.declaration.admit(reference, by: rules)
    }

    package func isAlive() async -> Bool { await session.isAlive() }
}
