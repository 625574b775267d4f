internal import KeyHierarchy

extension AWSFailure {
    /// What AWS's refusal of credentials says: of some that were read from a file while somebody may have written it, nothing of the key.
    /// Half a secret is refused as a wrong one is.
    func asRefusal(of credentials: AWSCredentials) -> AWSFailure {
        guard !credentials.isSettled, case .service(let answer) = origin, AWSVerdict.rule(for: answer).remedy == .renewCredentials else {
            return self
        }
        return AWSFailure(origin, verdict: .unreachable, operation: operation)
    }
}
