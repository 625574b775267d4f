internal import KeyHierarchy

/// What GetKeyRotationStatus tells of a key.
struct KMSRotationStatus: Sendable {
    let isOn: Bool
    /// Between two rotations; nil where KMS does not tell.
    let days: Int?
    let next: WallTime?
}

extension KMSClient {
    /// - Parameter key: the key's ARN.
    func rotationStatus(_ key: String) async throws(AWSFailure) -> KMSRotationStatus {
        var body = JSONBody()
        body.add("KeyId", key)
        let answer = try await call("GetKeyRotationStatus", key: key, body.finish()).document
        guard let isOn = answer.flag("KeyRotationEnabled") else {
            throw AWSFailure(
                .answer("KMS answered GetKeyRotationStatus without a status."), verdict: .unreachable, operation: "GetKeyRotationStatus")
        }
        return KMSRotationStatus(
            isOn: isOn, days: answer.seconds("RotationPeriodInDays").flatMap { Int(exactly: $0) },
            next: answer.seconds("NextRotationDate").map { WallTime(seconds: $0) })
    }
}
