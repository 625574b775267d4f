internal import KeyHierarchy

/// What GetKeyRotationStatus tells of a key.
struct KMSRotationStatus: Sendable {
    let isOn: Bool
    /// Between two rotations; nil where KMS does not tell.
    let days: Int?
    let next: WallTime?

    var rotation: MainKeyInspection.Rotation { isOn ? .automatic(days: days, next: next) : .off }
}

extension MainKeyInspection.Rotation {
    /// What there is to say when the status was not told.
    init(untold failure: AWSFailure) {
        self =
            switch failure.code {
            case "UnsupportedOperationException": .notApplicable
            case _ where failure.isDenied: .unknown("the permission kms:GetKeyRotationStatus is missing")
            case _ where failure.isNotImplemented: .unknown("this KMS does not tell")
            default: .unknown(String(failure.reason.prefix(256)))
            }
    }
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
