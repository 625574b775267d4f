internal import KeyHierarchy

/// What DescribeKey tells of a key, as far as ekmd asks.
struct KMSKeyDescription: Sendable {
    let arn: String
    let usage: String
    let spec: String
    let state: String
    /// Set while the key waits for its deletion.
    let deletionDate: WallTime?
    /// The first time at which imported material ends; nil where it does not.
    let validTo: WallTime?
    /// `AWS_KMS`, or for instance `EXTERNAL` for material that was imported.
    let origin: String?
    let isInCustomKeyStore: Bool
    /// Which of its material encrypts now; nil where KMS does not tell.
    let currentMaterial: Generation?

    /// Whether AWS KMS can rotate it by itself; imported material and keys in a store of the customer's own it cannot.
    var isRotatable: Bool { (origin ?? "AWS_KMS") == "AWS_KMS" && !isInCustomKeyStore }

    /// The state in words, with its date.
    var stateText: String { deletionDate.map { "\(state), to be deleted at \($0)" } ?? state }
}

extension KMSClient {
    /// - Parameter key: ARN, id or alias.
    func describeKey(_ key: String) async throws(AWSFailure) -> KMSKeyDescription {
        var body = JSONBody()
        body.add("KeyId", key)
        let answer = try await call("DescribeKey", key: key, body.finish()).document
        guard let arn = answer.text("KeyMetadata", "Arn"), let usage = answer.text("KeyMetadata", "KeyUsage"),
            let state = answer.text("KeyMetadata", "KeyState"),
            let spec = answer.text("KeyMetadata", "KeySpec") ?? answer.text("KeyMetadata", "CustomerMasterKeySpec")
        else {
            throw AWSFailure(.answer("KMS answered DescribeKey without the key's data."), verdict: .unreachable, operation: "DescribeKey")
        }
        return KMSKeyDescription(
            arn: arn, usage: usage, spec: spec, state: state,
            deletionDate: answer.seconds("KeyMetadata", "DeletionDate").map { WallTime(seconds: $0) },
            validTo: answer.seconds("KeyMetadata", "ValidTo").map { WallTime(seconds: $0) },
            origin: answer.text("KeyMetadata", "Origin"),
            isInCustomKeyStore: answer.text("KeyMetadata", "CustomKeyStoreId") != nil,
            currentMaterial: answer.text("KeyMetadata", "CurrentKeyMaterialId").map { Generation($0) })
    }

    /// An invalid state says too little; what DescribeKey says then is the answer.
    func settled(_ failure: AWSFailure, key: String) async -> AWSFailure {
        guard case .service(let error) = failure.origin, AWSVerdict.rule(for: error).remedy == .describe else { return failure }
        do throws(AWSFailure) {
            let description = try await describeKey(key)
            // It works again already: whoever asks next will see.
            let verdict = AWSVerdict.verdict(ofState: description.state) ?? .unreachable
            let words = "The key's state is \(description.stateText). \(error.message)"
            return AWSFailure(
                .service(AWSServiceError(status: error.status, code: error.code, message: words)), verdict: verdict,
                operation: failure.operation)
        } catch {
            return error
        }
    }
}
