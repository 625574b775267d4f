internal import KeyHierarchy

// A failure in words: what happened, and what to do.
extension AWSKMSMainKey {
    func explained(_ failure: AWSFailure, stage: MainKeyFailure.Stage) -> MainKeyFailure {
        let (message, remedy) = words(failure)
        // Without credentials, or a way to KMS, the key was not even reached.
        let stage: MainKeyFailure.Stage =
            switch failure.origin {
            case .credentials, .network: .access
            case .service, .answer: stage
            }
        return MainKeyFailure(
            verdict: failure.verdict, stage: stage, message: message, reason: String(failure.reason.prefix(1024)), remedy: remedy)
    }

    private func words(_ failure: AWSFailure) -> (message: String, remedy: String) {
        switch failure.origin {
        case .credentials(let error): return credentialWords(error)
        case .network(let error): return networkWords(error)
        case .answer(let words):
            return (words, "Check the endpoint: what answers there is not the KMS of this key, or something between changes its answers.")
        case .service(let error): return serviceWords(error, failure)
        }
    }

    private func serviceWords(_ error: AWSServiceError, _ failure: AWSFailure) -> (message: String, remedy: String) {
        let permission = "kms:\(failure.operation)"
        switch error.code {
        case "AccessDeniedException", "AccessDenied", "NotAuthorized":
            return (
                "the permission \(permission) on it is missing.",
                "Allow \(permission) in the key's policy, for the identity that ekmd uses; `ekmctl policy aws-kms` prints the policy."
            )
        case "NotFoundException":
            return (
                "there is no such key or alias in this region and account: the region or the ARN is wrong, or the key was deleted.",
                "Compare the key's ARN and region with the AWS console."
            )
        case "InvalidArnException", "ValidationException", "ValidationError":
            return ("KMS does not take its name: the ARN is wrong.", "Copy the key's ARN from the AWS console.")
        case "DisabledException": return ("the key is disabled.", Self.stateRemedy("Disabled"))
        case "KMSInvalidStateException":
            return ("the key is in a state in which it cannot be used.", "Look at the key's state in the AWS console: it must be Enabled.")
        case "InvalidKeyUsageException":
            return (
                "it is not a symmetric encryption key, and only such a key can be a main key.",
                "Make a key of the type Symmetric for Encrypt and decrypt (SYMMETRIC_DEFAULT), and give its ARN."
            )
        case "InvalidCiphertextException", "IncorrectKeyException":
            return (
                "KMS says that it was not this key, or not under this context, that encrypted the environment's key.",
                "Check that the key's ARN and the endpoint are those of the set-up."
            )
        case "RegionDisabledException":
            return ("STS is switched off in this region for the account.", "Activate STS for the region in the account's settings.")
        default: break
        }
        switch AWSVerdict.rule(for: error).remedy {
        case .renewCredentials:
            return (
                "AWS does not know or no longer takes the credentials.",
                "Check the access key that ekmd uses, and that it is active."
            )
        case .checkClock:
            return (
                "AWS does not take the time of the request.", "Check this machine's clock: it must agree with AWS's within five minutes."
            )
        case .checkRegion:
            return ("the endpoint serves another region than the key's.", "Check the region in the key's ARN, and the endpoint.")
        case .none, .retry, .describe: break
        }
        switch failure.verdict {
        case .throttled: return ("KMS asks to slow down.", "Try again later, or ask AWS for a higher request quota.")
        case .restricted: return ("AWS refused \(permission).", "Ask the account's administrator what the reason below means.")
        default: return ("KMS could not answer \(failure.operation).", "Try again later.")
        }
    }

    private func networkWords(_ failure: HTTPFailure) -> (message: String, remedy: String) {
        switch failure.code {
        case .invalidRequest: (failure.message, "Correct the endpoint (aws.endpoint, or AWS_ENDPOINT_URL).")
        case .resolve:
            (
                "KMS cannot be reached, because its host name is not known: the region may be wrong, or the network is down.",
                "Check the region, the endpoint, and the machine's DNS."
            )
        case .tls:
            (
                "KMS cannot be reached, because its certificate is not trusted or TLS failed.",
                "Check the endpoint, any proxy in between, and AWS_CA_BUNDLE."
            )
        case .timeout: ("KMS did not answer in time.", "Check the way to the endpoint: a firewall, a proxy, a VPC endpoint.")
        default: ("KMS cannot be reached.", "Check the way to the endpoint: a firewall, a proxy, a VPC endpoint.")
        }
    }

    private func credentialWords(_ error: AWSCredentialsError) -> (message: String, remedy: String) {
        let role = reference.options[Option.role]
        switch error.code {
        case .none:
            return (
                error.message, "Give ekmd credentials as AWS tools find them, for instance a role of the instance or AWS_ACCESS_KEY_ID."
            )
        case .refused where role != nil:
            return (
                "\(error.message) The permission sts:AssumeRole may be missing, or the external id is another.",
                "Let the role's trust policy allow ekmd's identity, with the external id of this environment; `ekmctl policy aws-kms` prints it."
            )
        case .unreachable, .throttled: return (error.message, "Check the way to the source of the credentials; ekmd tries again by itself.")
        default: return (error.message, "Correct it, then try again.")
        }
    }

    static func stateMessage(_ description: KMSKeyDescription) -> String {
        switch description.state {
        case "Disabled": "the key is disabled."
        case "PendingDeletion":
            description.deletionDate.map { "the key waits for its deletion, at \($0)." } ?? "the key waits for its deletion."
        case "PendingReplicaDeletion": "the key waits for its deletion, as soon as its replicas are gone."
        case "PendingImport": "the key has no material: none was imported, or it expired or was deleted."
        default: "the key cannot be used now (\(description.state))."
        }
    }

    static func stateRemedy(_ state: String) -> String {
        switch state {
        case "Disabled": "Enable the key in AWS KMS."
        case "PendingDeletion", "PendingReplicaDeletion": "Cancel its deletion in AWS KMS and enable it, or give another key."
        case "PendingImport": "Import its material into AWS KMS."
        default: "Wait until AWS KMS shows the key as Enabled."
        }
    }
}
