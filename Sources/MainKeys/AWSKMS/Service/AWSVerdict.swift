package import KeyHierarchy

/// What each answer of AWS says of the main key: the one place where errors become verdicts.
///
/// The errors are those that the API references of KMS (DescribeKey, Encrypt, Decrypt, GetKeyRotationStatus, ListKeyRotations) and STS
/// (AssumeRole, AssumeRoleWithWebIdentity) name, and those common to all of AWS. What says nothing of the key is `unreachable`.
package enum AWSVerdict {
    package struct Rule: Sendable {
        /// Of an invalid state, until the key was described.
        package let verdict: Verdict
        /// What is done about it before it becomes the answer.
        package let remedy: Remedy

        package enum Remedy: Sendable {
            case none
            /// Passing: try again, after a moment.
            case retry
            /// New credentials may be taken.
            case renewCredentials
            /// Says too little: DescribeKey settles it.
            case describe
            /// Our clock and AWS's disagree.
            case checkClock
            /// The endpoint serves another region than the one that was signed for.
            case checkRegion
        }
    }

    package static let rules: [String: Rule] = {
        var rules: [String: Rule] = [:]
        func add(_ verdict: Verdict, _ remedy: Rule.Remedy, _ codes: String...) {
            for code in codes { rules[code] = Rule(verdict: verdict, remedy: remedy) }
        }
        // KMS: off or gone.
        add(.revoked, .none, "NotFoundException", "DisabledException")
        add(.unreachable, .describe, "KMSInvalidStateException")
        // KMS: another key, or not what it encrypted. A key's usage never changes.
        add(.mismatched, .none, "IncorrectKeyException", "InvalidCiphertextException", "InvalidKeyUsageException")
        // KMS: not now.
        add(.unreachable, .retry, "KeyUnavailableException", "DependencyTimeoutException", "KMSInternalException")
        // KMS: we asked wrongly.
        add(
            .unreachable, .none, "InvalidArnException", "InvalidMarkerException", "InvalidGrantTokenException", "DryRunOperationException",
            "UnsupportedOperationException")

        // Common: you may not.
        add(
            .restricted, .none, "AccessDeniedException", "AccessDenied", "NotAuthorized", "UnauthorizedOperation", "OptInRequired",
            "IncompleteSignature", "MissingAuthenticationToken", "MissingAuthenticationTokenException")
        // Common: not with these credentials; others may have been issued since.
        add(
            .restricted, .renewCredentials, "ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "InvalidClientTokenId",
            "InvalidAccessKeyId", "AuthFailure", "SignatureDoesNotMatch", "InvalidSignatureException")
        add(.unreachable, .checkClock, "RequestExpired", "RequestTimeTooSkewed")
        // Common: not now.
        add(
            .unreachable, .retry, "InternalFailure", "InternalError", "InternalServerError", "InternalServerException",
            "ServiceUnavailable",
            "ServiceUnavailableException", "RequestTimeout", "RequestTimeoutException", "RequestAbortedException")
        add(
            .throttled, .retry, "ThrottlingException", "Throttling", "ThrottledException", "RequestThrottled", "RequestThrottledException",
            "TooManyRequestsException", "RequestLimitExceeded", "LimitExceededException", "SlowDown", "BandwidthLimitExceeded",
            "PriorRequestNotComplete")
        // Common: we asked wrongly.
        add(
            .unreachable, .none, "ValidationError", "ValidationException", "SerializationException", "UnknownOperationException",
            "InvalidAction",
            "InvalidParameterCombination", "InvalidParameterValue", "InvalidQueryParameter", "MalformedQueryString", "MissingAction",
            "MissingParameter", "MalformedHttpRequestException", "RequestEntityTooLargeException")

        // STS.
        add(
            .restricted, .none, "RegionDisabledException", "RegionDisabled", "IDPRejectedClaim", "IDPRejectedClaimException",
            "InvalidIdentityToken",
            "InvalidIdentityTokenException")
        add(.unreachable, .retry, "IDPCommunicationError", "IDPCommunicationErrorException")
        add(
            .unreachable, .none, "MalformedPolicyDocument", "MalformedPolicyDocumentException", "PackedPolicyTooLarge",
            "PackedPolicyTooLargeException")
        return rules
    }()

    package static func rule(for error: AWSServiceError) -> Rule {
        // Whatever its code: what is not implemented will not be a moment later.
        if error.status == 501 { return Rule(verdict: .unreachable, remedy: .none) }
        guard let rule = rules[error.code] else {
            switch error.status {
            case 429: return Rule(verdict: .throttled, remedy: .retry)
            case 408, 500...: return Rule(verdict: .unreachable, remedy: .retry)
            default: return Rule(verdict: .unreachable, remedy: .none)
            }
        }
        // The same code stands for a wrong secret, a wrong time and a wrong region; only the words tell.
        guard rule.remedy == .renewCredentials, error.code.contains("Signature") else { return rule }
        if error.message.contains("Signature expired") || error.message.contains("Signature not yet current") {
            return Rule(verdict: .unreachable, remedy: .checkClock)
        }
        if error.message.contains("scoped to a valid region") { return Rule(verdict: .unreachable, remedy: .checkRegion) }
        return rule
    }

    /// What a key's state says; nil for one that works.
    package static func verdict(ofState state: String) -> Verdict? {
        switch state {
        case "Enabled": nil
        case "Disabled", "PendingDeletion", "PendingReplicaDeletion", "PendingImport": .revoked
        // "Creating", "Updating", "Unavailable", and whatever AWS invents next.
        default: .unreachable
        }
    }
}
