package import Bedrock
package import KeyHierarchy

/// An answer, whatever its status.
package struct HTTPResponse: Sendable {
    package let status: Int
    package let body: WipedBytes
    /// Just before the request was handed to the network.
    package let sentAt: BootInstant
    /// What the server's clock said (`Date`, RFC 9110 section 6.6.1); nil where it told none.
    package let date: WallTime?

    package init(status: Int, body: WipedBytes, sentAt: BootInstant, date: WallTime? = nil) {
        self.status = status
        self.body = body
        self.sentAt = sentAt
        self.date = date
    }
}
