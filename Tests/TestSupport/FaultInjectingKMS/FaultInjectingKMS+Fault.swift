import Foundation

extension FaultInjectingKMS {
    /// What is done to an answer.
    package enum Fault: Sendable {
        /// The request is decided on arrival; its answer waits for ``FaultInjectingKMS/release()``.
        case hang
        /// The answer is sent that much later.
        case delay(Duration)
        /// The connection is closed without an answer.
        case close
        /// The answer breaks off in the middle of its body.
        case half
        /// An error of AWS. KMS tells it in JSON, STS in XML.
        case error(Refusal)
        /// The answer names another key.
        case wrongKeyID(String)
        /// Decrypt answers with these bytes.
        case wrongPlaintext([UInt8])
        /// A field is left out of the answer.
        case missingField(String)
        /// Status 200, and a body that is no JSON and no XML.
        case garbage
        /// The answer, followed by so many bytes of white space.
        case oversized(Int)
        /// Any answer at all.
        case raw(status: Int, body: String)
        /// The right answer; then, before the next request, something happens.
        case then(@Sendable (FaultInjectingKMS) -> Void)

        /// Whether the right answer reaches the client in the end.
        var spares: Bool {
            switch self {
            case .hang, .delay, .then: true
            default: false
            }
        }

        package static let throttled = error(.init("ThrottlingException", "Rate exceeded"))
        package static let limitExceeded = error(.init("LimitExceededException", "The request was rejected because a quota was exceeded."))
        package static let internalException = error(
            .init("KMSInternalException", "The request was rejected because an internal exception occurred.", status: 500))
        package static let internalFailure = error(
            .init("InternalFailure", "The request processing has failed because of an unknown error.", status: 500))
        package static let serviceUnavailable = error(
            .init("ServiceUnavailable", "The request has failed due to a temporary failure of the server.", status: 503))
        package static let dependencyTimeout = error(.init("DependencyTimeoutException", "The system timed out.", status: 500))
        package static let keyUnavailable = error(
            .init("KeyUnavailableException", "The request was rejected because the specified KMS key was not available.", status: 500))
        /// As LocalStack answers what it does not know.
        package static let notImplemented = error(
            .init("InternalFailure", "The API action for service 'kms' has not been implemented.", status: 501))
        package static let incorrectKey = error(
            .init(
                "IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation."))
        package static let invalidCiphertext = error(.init("InvalidCiphertextException", nil))
        package static let unrecognizedClient = error(
            .init("UnrecognizedClientException", "The security token included in the request is invalid."))

        /// AccessDenied, with a message that names the permission, as AWS words it.
        package static func accessDenied(_ permission: String, on resource: String = "*") -> Fault {
            error(.accessDenied(permission, on: resource))
        }
        package static func disabled(_ arn: String) -> Fault { error(.init("DisabledException", "\(arn) is disabled.")) }
        package static func notFound(_ arn: String) -> Fault { error(.init("NotFoundException", "Key '\(arn)' does not exist")) }
        package static func invalidState(_ message: String) -> Fault { error(.init("KMSInvalidStateException", message)) }
    }
}
