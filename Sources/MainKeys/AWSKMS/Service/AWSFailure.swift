package import KeyHierarchy

/// Why a call to AWS gave nothing, and what that says of the key.
package struct AWSFailure: Error, Sendable {
    package enum Origin: Sendable {
        /// AWS answered with an error.
        case service(AWSServiceError)
        /// No whole answer came.
        case network(HTTPFailure)
        /// Nothing could be asked without credentials.
        case credentials(AWSCredentialsError)
        /// An answer that is not what was asked for; in our words.
        case answer(String)
    }

    package let origin: Origin
    /// Never `granted`.
    package let verdict: Verdict
    package let operation: String

    package init(_ origin: Origin, verdict: Verdict, operation: String) {
        self.origin = origin
        self.verdict = verdict
        self.operation = operation
    }

    /// The code that AWS named, if it was AWS who answered.
    package var code: String? {
        guard case .service(let error) = origin else { return nil }
        return error.code
    }

    /// Whether a later answer may be another without anybody having changed anything.
    package var isPassing: Bool {
        switch origin {
        case .service(let error): !isNotImplemented && AWSVerdict.rule(for: error).remedy == .retry
        case .network(let failure): failure.code != .invalidRequest
        case .credentials: [.unreachable, .throttled].contains(verdict)
        case .answer: true
        }
    }

    /// Whether AWS said "you may not".
    package var isDenied: Bool { code == "AccessDeniedException" || code == "AccessDenied" }

    /// Whether what answers there does not know the operation. (LocalStack says so with status 501.)
    package var isNotImplemented: Bool {
        guard case .service(let error) = origin else { return false }
        return error.code == "UnknownOperationException" || error.status == 501
    }

    /// The words of whoever said no.
    package var reason: String {
        switch origin {
        case .service(let error): error.description
        case .network(let failure): failure.message
        case .credentials(let error): error.description
        case .answer(let words): words
        }
    }
}
