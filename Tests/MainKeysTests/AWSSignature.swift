import Cryptography
import Testing

/// AWS Signature Version 4, a second time and written from its specification: what the one of libcurl is held against.
///
/// It is itself held against botocore 1.43.11 (`SigV4Auth` with its clock set to 2026-11-23T20:15:00Z): see `AWSSignatureTests`.
struct AWSSignature {
    let accessKeyID: String
    let secretAccessKey: String
    let region: String
    let service: String

    /// - Parameter headers: all that are signed, names in lower case.
    func authorization(headers: [String: String], body: [UInt8]) throws -> String {
        let names = headers.keys.sorted()
        let date = try #require(headers["x-amz-date"])
        let canonical = names.map { "\($0):\(headers[$0] ?? "")\n" }.joined()
        let signed = names.joined(separator: ";")
        let request = "POST\n/\n\n\(canonical)\n\(signed)\n\(hex(SHA256.hash(body.span.bytes)))"
        let scope = "\(date.prefix(8))/\(region)/\(service)/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n\(hex(SHA256.hash(Array(request.utf8).span.bytes)))"
        var key = Array("AWS4\(secretAccessKey)".utf8)
        for part in [String(date.prefix(8)), region, service, "aws4_request", text] {
            key = try HMACSHA256.code(key: key.span.bytes, over: Array(part.utf8).span.bytes)
        }
        return "AWS4-HMAC-SHA256 Credential=\(accessKeyID)/\(scope), SignedHeaders=\(signed), Signature=\(hex(key))"
    }

    private func hex(_ bytes: [UInt8]) -> String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
