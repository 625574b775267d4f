extension FaultInjectingKMS {
    /// A request as it arrived, without the fields that are secret.
    package struct Request: Sendable {
        package let operation: Operation
        /// The key's id, when the request names a key that is known; else what it named.
        package let key: String?
        package let context: [String: String]
        /// Names in small letters.
        package let headers: [String: String]
        /// Whose signature it bears; nil when it is not signed.
        package let accessKeyID: String?
        /// The form fields of an STS request.
        package let parameters: [String: String]
        /// The number of the connection it came on, from 0.
        package let connection: Int
        /// When it arrived, on the clock that counts suspend.
        package let receivedAt = ContinuousClock.now
        /// Whether it got the right answer, at once or later: what the client may take as a grant.
        package internal(set) var isGranted = false
    }
}
