public import EKMWire

/// A failure of a call: what happened, why, and what to do.
public struct EKMClientError: Error, Sendable {
    public let code: Code
    /// What happened, and why: whole sentences for a person.
    public let message: String
    /// What to do next; may be empty.
    public let remedy: String
    /// What the daemon answered, where it was the daemon that refused.
    public let refusal: WireError?
    /// How many seconds the environment would live if its KMS went silent now, as a refusal tells it.
    public let secondsLeft: Int?

    init(_ code: Code, _ message: String, remedy: String = "") {
        self.code = code
        self.message = message
        self.remedy = remedy
        refusal = nil
        secondsLeft = nil
    }

    init(refusal: WireError, secondsLeft: SecondsLeft = .doesNotApply) {
        code = .refused
        message = refusal.message
        remedy = refusal.remedy
        self.refusal = refusal
        self.secondsLeft = secondsLeft.seconds
    }

    /// A request that could not be encoded, or an answer that could not be decoded.
    init(_ code: Code, _ error: WireError) {
        self.code = code
        message = error.message
        remedy = error.remedy
        refusal = nil
        secondsLeft = nil
    }
}

extension EKMClientError {
    /// What kind of failure it is.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case noDaemon = "no-daemon"
            case permissionDenied = "permission-denied"
            case untrustedDaemon = "untrusted-daemon"
            case connectionFailed = "connection-failed"
            case connectionLost = "connection-lost"
            case deadlineExceeded = "deadline-exceeded"
            case cancelled = "cancelled"
            case refused = "refused"
            case invalidRequest = "invalid-request"
            case protocolViolation = "protocol-violation"
            case closed = "closed"
        }

        private let kind: Kind

        /// No socket stands at the path, or nobody listens on it.
        public static let noDaemon = Code(kind: .noDaemon)
        /// The file system does not let this user connect.
        public static let permissionDenied = Code(kind: .permissionDenied)
        /// Somebody listens who may not be given what the call would send; it was not sent.
        public static let untrustedDaemon = Code(kind: .untrustedDaemon)
        /// The socket could not be connected for another reason.
        public static let connectionFailed = Code(kind: .connectionFailed)
        /// The connection ended before the answer came, and the request was not sent again.
        public static let connectionLost = Code(kind: .connectionLost)
        /// No answer came in time.
        public static let deadlineExceeded = Code(kind: .deadlineExceeded)
        /// The task of the call was cancelled.
        public static let cancelled = Code(kind: .cancelled)
        /// The daemon answered with an error: see ``EKMClientError/refusal``.
        public static let refused = Code(kind: .refused)
        /// The request broke a limit of the protocol and was not sent.
        public static let invalidRequest = Code(kind: .invalidRequest)
        /// The daemon sent what this client cannot read.
        public static let protocolViolation = Code(kind: .protocolViolation)
        /// The client was closed.
        public static let closed = Code(kind: .closed)

        public var description: String { kind.rawValue }
    }

    /// The name of the kind: that of the daemon's error where the daemon refused.
    public var name: String { refusal?.code.name ?? code.description }

    /// The exit code, of sysexits.h, with which a command that failed with this error ends.
    public var exitCode: Int32 {
        switch code {
        case .refused: refusal?.code.exitCode ?? 70
        case .noDaemon: 69
        case .permissionDenied, .untrustedDaemon: 77
        case .invalidRequest: 64
        case .protocolViolation: 70
        default: 75
        }
    }
}

extension EKMClientError: Equatable {
    /// Compares the code alone, and the daemon's where it refused.
    public static func == (left: EKMClientError, right: EKMClientError) -> Bool {
        left.code == right.code && left.refusal == right.refusal
    }
}

extension EKMClientError: CustomStringConvertible {
    public var description: String { refusal?.description ?? (remedy.isEmpty ? message : "\(message) \(remedy)") }
}
