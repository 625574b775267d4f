/// What a test signs its own requests to an emulator with.
package struct AWSCredentials: Sendable, Equatable {
    package var accessKeyID: String
    package var secret: String
    package var sessionToken: String?

    package init(accessKeyID: String, secret: String, sessionToken: String? = nil) {
        self.accessKeyID = accessKeyID
        self.secret = secret
        self.sessionToken = sessionToken
    }
}
