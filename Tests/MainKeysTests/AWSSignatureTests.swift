import Bedrock
import KeyHierarchy
import Keyring
import Testing

@testable import MainKeys

@Suite("Signatures of AWS requests") struct AWSSignatureTests {
    private static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    private static let token = "AQoDYXdzEPT//////////wEXAMPLE+token=="
    private let reference = AWSSignature(accessKeyID: "AKIDEXAMPLE", secretAccessKey: secret, region: "eu-central-1", service: "kms")

    @Test("The reference of these tests signs as botocore does") func agreesWithBotocore() throws {
        let headers = [
            "host": "127.0.0.1:4566", "content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService.DescribeKey",
            "x-amz-date": "20261123T201500Z", "x-amz-security-token": Self.token,
        ]
        #expect(
            try reference.authorization(headers: headers, body: Array(#"{"KeyId":"alias/a"}"#.utf8))
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/eu-central-1/kms/aws4_request, "
                + "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, "
                + "Signature=04ec9f2d64fabcb378801e891b6ebd34814972c9c2dbf27e627bb382b6f7b196")
    }

    @Test("What goes out is signed as the reference signs it", arguments: [true, false], ["", #"{"KeyId":"alias/ä"}"#])
    func signs(withToken: Bool, body: String) async throws {
        let server = HTTPLoopbackServer { _ in .answer(status: 200, "{}") }
        defer { server.stop() }
        var headers = [
            try HTTPHeader("Content-Type", "application/x-amz-json-1.1"), try HTTPHeader("X-Amz-Target", "TrentService.DescribeKey"),
        ]
        if withToken { headers.append(try HTTPHeader("X-Amz-Security-Token", Self.token)) }
        let signature = HTTPRequest.Signature(
            region: "eu-central-1", service: "kms", accessKeyID: "AKIDEXAMPLE", secretAccessKey: WipedBytes(Self.secret))
        _ = try await HTTPClient(clock: SystemBootClock()).send(
            HTTPRequest(.post, try HTTPURL(server.url), headers: headers, body: WipedBytes(body), signature: signature))
        let sent = try #require(server.requests.first)
        let names = ["content-type", "host", "x-amz-date", "x-amz-target"] + (withToken ? ["x-amz-security-token"] : [])
        let signed = sent.headers.filter { names.contains($0.key) }
        #expect(signed.count == names.count)
        #expect(sent.text == body)
        #expect(sent.headers["authorization"] == (try reference.authorization(headers: signed, body: sent.body)))
    }
}
