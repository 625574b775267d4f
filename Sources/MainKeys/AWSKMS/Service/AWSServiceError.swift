/// An error as AWS answered it.
package struct AWSServiceError: Error, Hashable, Sendable, CustomStringConvertible {
    package let status: Int
    /// Without its namespace; `HTTP 503` where the answer named none.
    package let code: String
    /// AWS's own words, at most 1,024 bytes; from a proxy or a load balancer: none.
    package let message: String

    package init(status: Int, code: String, message: String) {
        self.status = status
        self.code = code
        var bounded = message.replacing("\n", with: " ")
        while bounded.utf8.count > 1024 { bounded.removeLast() }
        self.message = bounded
    }

    /// From JSON (KMS): `{"__type": "NotFoundException", "message": "…"}`.
    init(json response: HTTPResponse) {
        let document = try? JSONDocument(response.body)
        let type = document?.text("__type") ?? document?.text("code")
        // A namespace may stand before it, a link behind it.
        let code = type?.split(separator: "#").last?.split(separator: ":").first.map(String.init)
        self.init(
            status: response.status, code: Self.checked(code, response.status),
            message: document?.text("message") ?? document?.text("Message") ?? "")
    }

    /// From XML (STS): `<ErrorResponse><Error><Code>…</Code><Message>…</Message></Error></ErrorResponse>`.
    init(xml response: HTTPResponse) {
        let answer = XMLAnswer(response.body)
        self.init(
            status: response.status, code: Self.checked(answer.text("Error", "Code"), response.status),
            message: answer.text("Error", "Message") ?? "")
    }

    package var description: String { message.isEmpty ? code : "\(code): \(message)" }

    private static func checked(_ code: String?, _ status: Int) -> String {
        guard let code, !code.isEmpty, code.utf8.count <= 128, code.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return "HTTP \(status)"
        }
        return code
    }
}
