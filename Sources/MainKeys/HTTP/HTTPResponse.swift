package import KeyHierarchy

/// An answer, whatever its status.
package struct HTTPResponse: Sendable {
    package let status: Int
    package let body: WipedBytes
    /// Just before the request was handed to the network.
    package let sentAt: BootInstant

    package init(status: Int, body: WipedBytes, sentAt: BootInstant) {
        self.status = status
        self.body = body
        self.sentAt = sentAt
    }
}
