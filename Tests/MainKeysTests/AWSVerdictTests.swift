import Bedrock
import KeyHierarchy
import Testing

@testable import MainKeys

/// The errors are those of the API references of AWS KMS (2014-11-01) and AWS STS (2011-06-15), as each operation lists them, and of
/// their pages on common errors; botocore 1.43.11's models list the same for each operation.
@Suite("Verdicts of AWS") struct AWSVerdictTests {
    typealias Row = (code: String, verdict: Verdict, remedy: AWSVerdict.Rule.Remedy)

    static let operations: [String: [String]] = [
        "DescribeKey": ["NotFoundException", "InvalidArnException", "DependencyTimeoutException", "KMSInternalException"],
        "Encrypt": [
            "NotFoundException", "DisabledException", "KeyUnavailableException", "DependencyTimeoutException", "InvalidKeyUsageException",
            "InvalidGrantTokenException", "KMSInternalException", "KMSInvalidStateException", "DryRunOperationException",
        ],
        "Decrypt": [
            "NotFoundException", "DisabledException", "InvalidCiphertextException", "KeyUnavailableException", "IncorrectKeyException",
            "InvalidKeyUsageException", "DependencyTimeoutException", "InvalidGrantTokenException", "KMSInternalException",
            "KMSInvalidStateException", "DryRunOperationException",
        ],
        "GetKeyRotationStatus": [
            "NotFoundException", "InvalidArnException", "DependencyTimeoutException", "KMSInternalException", "KMSInvalidStateException",
            "UnsupportedOperationException",
        ],
        "ListKeyRotations": [
            "NotFoundException", "InvalidArnException", "InvalidMarkerException", "KMSInternalException", "KMSInvalidStateException",
            "UnsupportedOperationException",
        ],
        "AssumeRole": ["MalformedPolicyDocument", "PackedPolicyTooLarge", "RegionDisabledException", "ExpiredTokenException"],
        "AssumeRoleWithWebIdentity": [
            "MalformedPolicyDocument", "PackedPolicyTooLarge", "IDPRejectedClaim", "IDPCommunicationError", "InvalidIdentityToken",
            "ExpiredTokenException", "RegionDisabledException",
        ],
        "common": [
            "AccessDeniedException", "ExpiredTokenException", "IncompleteSignature", "InternalFailure", "MalformedHttpRequestException",
            "NotAuthorized", "OptInRequired", "RequestAbortedException", "RequestEntityTooLargeException", "RequestExpired",
            "RequestTimeoutException", "ServiceUnavailable", "ThrottlingException", "UnrecognizedClientException",
            "UnknownOperationException",
            "ValidationError", "InvalidAction", "InvalidClientTokenId", "InvalidParameterCombination", "InvalidParameterValue",
            "InvalidQueryParameter", "MalformedQueryString", "MissingAction", "MissingAuthenticationToken", "MissingParameter",
        ],
    ]

    static let table: [Row] = [
        // KMS.
        ("NotFoundException", .revoked, .none), ("DisabledException", .revoked, .none),
        ("KMSInvalidStateException", .unreachable, .describe),
        ("IncorrectKeyException", .mismatched, .none), ("InvalidCiphertextException", .mismatched, .none),
        ("InvalidKeyUsageException", .mismatched, .none), ("KeyUnavailableException", .unreachable, .retry),
        ("DependencyTimeoutException", .unreachable, .retry), ("KMSInternalException", .unreachable, .retry),
        ("InvalidArnException", .unreachable, .none), ("InvalidMarkerException", .unreachable, .none),
        ("InvalidGrantTokenException", .unreachable, .none), ("DryRunOperationException", .unreachable, .none),
        ("UnsupportedOperationException", .unreachable, .none), ("LimitExceededException", .throttled, .retry),
        // Common to all of AWS, today's list and the one of the query protocol.
        ("AccessDeniedException", .restricted, .none), ("AccessDenied", .restricted, .none), ("NotAuthorized", .restricted, .none),
        ("OptInRequired", .restricted, .none), ("IncompleteSignature", .restricted, .none),
        ("MissingAuthenticationToken", .restricted, .none),
        ("MissingAuthenticationTokenException", .restricted, .none), ("ExpiredTokenException", .restricted, .renewCredentials),
        ("ExpiredToken", .restricted, .renewCredentials), ("UnrecognizedClientException", .restricted, .renewCredentials),
        ("InvalidClientTokenId", .restricted, .renewCredentials), ("SignatureDoesNotMatch", .restricted, .renewCredentials),
        ("InvalidSignatureException", .restricted, .renewCredentials), ("RequestExpired", .unreachable, .checkClock),
        ("RequestTimeTooSkewed", .unreachable, .checkClock), ("InternalFailure", .unreachable, .retry),
        ("InternalServerError", .unreachable, .retry), ("ServiceUnavailable", .unreachable, .retry),
        ("ServiceUnavailableException", .unreachable, .retry), ("RequestTimeoutException", .unreachable, .retry),
        ("RequestAbortedException", .unreachable, .retry), ("ThrottlingException", .throttled, .retry), ("Throttling", .throttled, .retry),
        ("TooManyRequestsException", .throttled, .retry), ("RequestLimitExceeded", .throttled, .retry),
        ("ValidationError", .unreachable, .none), ("ValidationException", .unreachable, .none),
        ("UnknownOperationException", .unreachable, .none),
        ("InvalidAction", .unreachable, .none), ("InvalidParameterCombination", .unreachable, .none),
        ("InvalidParameterValue", .unreachable, .none), ("InvalidQueryParameter", .unreachable, .none),
        ("MalformedQueryString", .unreachable, .none), ("MissingAction", .unreachable, .none), ("MissingParameter", .unreachable, .none),
        ("MalformedHttpRequestException", .unreachable, .none), ("RequestEntityTooLargeException", .unreachable, .none),
        // STS.
        ("RegionDisabledException", .restricted, .none), ("IDPRejectedClaim", .restricted, .none),
        ("InvalidIdentityToken", .restricted, .none),
        ("IDPCommunicationError", .unreachable, .retry), ("MalformedPolicyDocument", .unreachable, .none),
        ("PackedPolicyTooLarge", .unreachable, .none),
    ]

    @Test("Each error has its verdict, and what is done about it first", arguments: table) func maps(_ row: Row) {
        let rule = AWSVerdict.rule(for: AWSServiceError(status: 400, code: row.code, message: ""))
        #expect(rule.verdict == row.verdict)
        #expect(rule.remedy == row.remedy)
    }

    @Test("No error that an API reference names is left out", arguments: operations.keys.sorted()) func isComplete(_ operation: String) {
        for code in Self.operations[operation] ?? [] {
            #expect(AWSVerdict.rules[code] != nil, "\(operation): \(code)")
            #expect(Self.table.contains { $0.code == code }, "\(operation): \(code) stands in no row of this test")
        }
    }

    @Test("No error is a grant") func neverGrants() { #expect(AWSVerdict.rules.values.allSatisfy { $0.verdict != .granted }) }

    @Test(
        "An error that nobody knows is judged by its status, and never wipes",
        arguments: [
            (400, Verdict.unreachable), (403, .unreachable), (407, .unreachable), (429, .throttled), (500, .unreachable),
            (503, .unreachable),
            (302, .unreachable),
        ]) func judgesUnknown(_ status: Int, _ verdict: Verdict)
    {
        #expect(AWSVerdict.rule(for: AWSServiceError(status: status, code: "HTTP \(status)", message: "")).verdict == verdict)
    }

    @Test(
        "A signature that expired speaks of the clock, not of the secret",
        arguments: ["SignatureDoesNotMatch", "InvalidSignatureException"])
    func knowsTheClock(_ code: String) {
        for words in [
            "Signature expired: 20261123T201500Z is now earlier than 20261123T210000Z", "Signature not yet current: 20261123T201500Z",
        ] {
            let rule = AWSVerdict.rule(for: AWSServiceError(status: 400, code: code, message: words))
            #expect(rule.verdict == .unreachable)
            #expect(rule.remedy == .checkClock)
        }
    }

    @Test("A signature for another region speaks of the region") func knowsTheRegion() {
        let words = "Credential should be scoped to a valid region, not 'us-east-1'."
        let rule = AWSVerdict.rule(for: AWSServiceError(status: 400, code: "InvalidSignatureException", message: words))
        #expect(rule.verdict == .unreachable)
        #expect(rule.remedy == .checkRegion)
    }

    @Test(
        "Each state of a key has its verdict",
        arguments: [
            ("Enabled", nil), ("Disabled", .revoked), ("PendingDeletion", .revoked), ("PendingReplicaDeletion", .revoked),
            ("PendingImport", .revoked),
            ("Creating", .unreachable), ("Updating", .unreachable), ("Unavailable", .unreachable), ("Brand new", .unreachable),
        ] as [(String, Verdict?)]) func mapsStates(_ state: String, _ verdict: Verdict?)
    { #expect(AWSVerdict.verdict(ofState: state) == verdict) }

    @Test("An error's code is found in either dialect, without its namespace") func readsErrors() {
        func response(_ text: String) -> HTTPResponse {
            HTTPResponse(status: 400, body: WipedBytes(text), sentAt: BootInstant(nanoseconds: 0))
        }
        let json = AWSServiceError(json: response(#"{"__type":"com.amazonaws.kms#NotFoundException","message":"Key 'x' does not exist"}"#))
        #expect(json == AWSServiceError(status: 400, code: "NotFoundException", message: "Key 'x' does not exist"))
        #expect(
            AWSServiceError(json: response(#"{"__type":"AccessDeniedException:http://a/","Message":"no"}"#)).code == "AccessDeniedException"
        )
        let xml = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no &amp; no</Message></Error></ErrorResponse>"
        #expect(AWSServiceError(xml: response(xml)) == AWSServiceError(status: 400, code: "AccessDenied", message: "no & no"))
        for text in ["", "<html>", "[]", #"{"__type":5}"#, "{\"__type\":\"\"}"] {
            #expect(AWSServiceError(json: response(text)).code == "HTTP 400")
            #expect(AWSServiceError(xml: response(text)).code == "HTTP 400")
        }
        #expect(AWSServiceError(status: 400, code: "A", message: String(repeating: "ä", count: 9000)).message.utf8.count == 1024)
    }

    @Test("Pauses grow, are random, and end with the time or the attempts") func pauses() {
        let retry = AWSRetry()
        #expect(retry.pause(after: 1, random: 0.5, left: .seconds(5)) == .milliseconds(50))
        #expect(retry.pause(after: 2, random: 0.5, left: .seconds(5)) == .milliseconds(100))
        #expect(retry.pause(after: 3, random: 0, left: .seconds(5)) == nil)
        #expect(retry.pause(after: 1, random: 0.5, left: .milliseconds(10)) == nil)
        #expect(retry.pause(after: 1, random: 0, left: .zero) == nil)
    }
}
