package import KeyHierarchy
internal import MainKeyDeclarations

/// The whole way to a key in AWS KMS and its use, step by step; what cannot be looked at after a failure is skipped, and says why.
struct AWSKMSDiagnosis {
    let mainKey: AWSKMSMainKey
    let environment: EnvironmentName
    private(set) var checks: [DiagnosisCheck] = []
    /// What KMS answered with "you may not", for instance `kms:Decrypt`.
    var denied: [String] = []
    /// What the policy gives and ekmd has no use for.
    var surplus: [String] = []

    var session: AWSSession { mainKey.session }

    init(_ mainKey: AWSKMSMainKey, environment: EnvironmentName) {
        self.mainKey = mainKey
        self.environment = environment
    }

    mutating func run() async -> [DiagnosisCheck] {
        let key: AWSKeyReference
        let region: String
        do throws(MainKeyFailure) {
            let pinned = mainKey.reference.identifier
            (key, region) = try mainKey.target(pinned.isEmpty ? mainKey.reference.options[AWSKMSMainKey.Option.given] ?? "" : pinned)
        } catch {
            note(DiagnosisCheck("key reference", error))
            return checks
        }
        guard await wayIsOpen(region: region) else {
            skip(["credentials"] + roleNames + Self.keyNames, because: "KMS cannot be reached")
            return checks
        }
        let client = session.client(
            region: region, role: mainKey.reference.options[AWSKMSMainKey.Option.role],
            externalID: mainKey.reference.options[AWSKMSMainKey.Option.externalID])
        guard await hasCredentials(client) else {
            skip(Self.keyNames, because: "there are no credentials to ask with")
            return checks
        }
        let description = await describe(client, key, region: region)
        // What is pinned can be used without being described.
        if let arn = description?.arn ?? (key.form == .keyARN ? key.text : nil) {
            await use(client, arn: arn, description)
            await lookAtRotation(client, arn: arn, description)
            await lookAtPolicy(client, arn: arn)
        } else {
            skip(Array(Self.keyNames.dropFirst(2)), because: "it is not known which key is meant")
        }
        return checks
    }

    /// All checks that ask the key, in their order.
    static let keyNames = [
        "describe", "key state", "encrypt", "decrypt", "context", "authenticity", "rotation", "generation", "permissions",
        "least privilege",
    ]
    var roleNames: [String] { mainKey.reference.options[AWSKMSMainKey.Option.role] == nil ? [] : ["role"] }

    mutating func note(_ check: DiagnosisCheck) { checks.append(check) }

    mutating func note(_ name: String, _ outcome: DiagnosisCheck.Outcome, _ message: String, remedy: String = "") {
        checks.append(DiagnosisCheck(name, outcome, message, remedy: remedy))
    }

    mutating func skip(_ names: [String], because why: String) {
        for name in names { note(name, .skipped, "Not looked at: \(why).") }
    }

    /// Notes a step that failed, and the permission that it lacked.
    mutating func fail(_ name: String, _ error: any Error) {
        if let failure = error as? AWSFailure, failure.isDenied { denied.append("kms:\(failure.operation)") }
        note(DiagnosisCheck(name, mainKey.failed(error)))
    }
}

extension AWSKMSMainKey {
    package func diagnose(for environment: EnvironmentIdentity) async -> [DiagnosisCheck] {
        var diagnosis = AWSKMSDiagnosis(self, environment: environment.name)
        return await diagnosis.run()
    }

    /// What a whole walk makes: describe, encrypt, decrypts with the right and the wrong context and of a changed ciphertext, rotation, and
    /// those by which it learns what the policy gives too much.
    package var callsOfDiagnosis: Int { 9 }
}
