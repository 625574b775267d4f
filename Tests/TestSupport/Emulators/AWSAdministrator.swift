import Foundation
package import JSONSchema

/// The owner of an emulated AWS account, who makes keys, roles and users, and changes them while tests run.
///
/// Requests go through the `curl` command, so that nothing of what is tested takes part.
package struct AWSAdministrator: Sendable {
    package let endpoint: String
    package let region: String
    package let credentials: AWSCredentials

    package init(endpoint: String, region: String, credentials: AWSCredentials) {
        self.endpoint = endpoint
        self.region = region
        self.credentials = credentials
    }

    /// The same account's endpoint, reached with other credentials.
    package func with(_ credentials: AWSCredentials) -> AWSAdministrator {
        AWSAdministrator(endpoint: endpoint, region: region, credentials: credentials)
    }

    /// Sends one KMS request (AWS JSON 1.1), and returns the fields of its answer.
    ///
    /// Throws `AWSRefusal` when the emulator answers with an error.
    @discardableResult
    package func kms(_ operation: String, _ fields: [String: JSONValue] = [:]) async throws -> [String: JSONValue] {
        let body = try JSONEncoder().encode(fields)
        let answer = try await send(
            service: "kms", headers: ["Content-Type: application/x-amz-json-1.1", "X-Amz-Target: TrentService.\(operation)"],
            body: Array(body))
        let decoded = answer.body.isEmpty ? [:] : try JSONDecoder().decode([String: JSONValue].self, from: Data(answer.body))
        guard answer.status == 200 else {
            throw AWSRefusal(
                status: answer.status, code: decoded["__type"]?.text ?? "", message: (decoded["message"] ?? decoded["Message"])?.text ?? "")
        }
        return decoded
    }

    /// Sends one query request (IAM or STS), and returns its XML answer.
    package func query(_ service: String, _ action: String, _ parameters: [String: String] = [:]) async throws -> XMLText {
        let version = service == "sts" ? "2011-06-15" : "2010-05-08"
        let fields = parameters.merging(["Action": action, "Version": version]) { $1 }
        let body = fields.map { "\($0.key)=\(XMLText.formEncoded($0.value))" }.sorted().joined(separator: "&")
        let answer = try await send(
            service: service, headers: ["Content-Type: application/x-www-form-urlencoded; charset=utf-8"], body: Array(body.utf8))
        let text = XMLText(String(decoding: answer.body, as: UTF8.self))
        guard answer.status == 200 else {
            throw AWSRefusal(status: answer.status, code: text["Code"] ?? "", message: text["Message"] ?? "")
        }
        return text
    }

    private func send(service: String, headers: [String], body: [UInt8]) async throws -> (status: Int, body: [UInt8]) {
        var words = [
            "curl", "-s", "-S", "--noproxy", "*", "-m", "30", "--aws-sigv4", "aws:amz:\(region):\(service)", "--user",
            "\(credentials.accessKeyID):\(credentials.secret)", "-w", "\n%{http_code}", "--data-binary", "@-",
        ]
        let token = credentials.sessionToken.map { ["X-Amz-Security-Token: \($0)"] } ?? []
        for header in headers + token { words += ["-H", header] }
        let answer = try await Command.run(words + ["\(endpoint)/"], input: body, timeout: .seconds(40))
        guard answer.succeeded, let end = answer.output.lastIndex(of: UInt8(ascii: "\n")),
            let status = Int(String(decoding: answer.output[(end + 1)...], as: UTF8.self))
        else { throw ProcessFailure("\(endpoint) did not answer: \(answer.errors)") }
        return (status, Array(answer.output[..<end]))
    }
}
