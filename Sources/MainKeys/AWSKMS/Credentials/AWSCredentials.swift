package import Bedrock
package import KeyHierarchy

/// An access key, with its session token where it is temporary.
package struct AWSCredentials: Sendable {
    package let accessKeyID: String
    package let secretAccessKey: WipedBytes
    package let sessionToken: WipedBytes?
    /// Nil for a key that does not end.
    package let expiresAt: BootInstant?
    /// When they are to be renewed: 5 minutes before their end, or for short ones after nine tenths of their time.
    package let renewAt: BootInstant?
    /// Where they are from, for a person.
    package let source: String
    /// False for what was read from a file that somebody may just be writing: that it is refused says nothing yet.
    package let isSettled: Bool

    /// - Parameter lifetime: what is left of it; nil for a key that does not end.
    package init(
        accessKeyID: String, secretAccessKey: WipedBytes, sessionToken: WipedBytes?, lifetime: Duration? = nil,
        now: BootInstant = BootInstant(nanoseconds: 0), source: String, isSettled: Bool = true
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.source = source
        self.isSettled = isSettled
        guard let lifetime else {
            expiresAt = nil
            renewAt = nil
            return
        }
        // A source may hand out what has ended by our clock, which may be wrong: AWS decides, and we ask again soon.
        let left = max(.seconds(60), lifetime)
        expiresAt = now.advanced(by: left)
        renewAt = now.advanced(by: left - min(.seconds(300), left / 10))
    }

    /// The header of temporary credentials; none for others.
    func tokenHeaders() throws(HTTPFailure) -> [HTTPHeader] {
        guard let sessionToken else { return [] }
        return [try HTTPHeader("X-Amz-Security-Token", secret: sessionToken)]
    }

    func signature(region: String, service: AWSConfiguration.Service) -> HTTPRequest.Signature {
        HTTPRequest.Signature(region: region, service: service.rawValue, accessKeyID: accessKeyID, secretAccessKey: secretAccessKey)
    }
}
