import Bedrock
import EKMClient
import EKMStreams
import EKMWire
import FoundationEssentials
import Glibc

/// Why a command failed, for a person and for a program.
struct Failure: Error {
    /// The exit code, of sysexits.h.
    private(set) var exitCode: ExitStatus
    /// The stable name, in kebab-case.
    let name: String
    /// The daemon's number for it, where the daemon refused.
    var code: UInt16?
    /// What happened, and why.
    let message: String
    /// What to do next; may be empty.
    let remedy: String
    var verdict: String?
    /// Since when, by the daemon's clock; ISO 8601, UTC.
    var verdictAt: String?
    /// What the KMS said.
    var reason: String?

    init(_ exitCode: ExitStatus, _ name: String, _ message: String, remedy: String = "") {
        self.exitCode = exitCode
        self.name = name
        self.message = message
        self.remedy = remedy
    }

    /// A failure of a call to the daemon behind `socket`.
    init(_ error: EKMClientError, socket: String) {
        switch error.code {
        case .noDaemon, .connectionFailed:
            self.init(
                .unavailable, error.name, "cannot reach ekmd at \(socket): \(error.message)",
                remedy: "Is it running? systemctl start ekmd (or name its socket with --socket or EKM_SOCKET)")
        case .permissionDenied:
            self.init(.noPermission, error.name, "cannot reach ekmd at \(socket): \(error.message)", remedy: error.remedy)
        default:
            self.init(ExitStatus(rawValue: error.exitCode), error.name, error.message, remedy: error.remedy)
            guard let refusal = error.refusal else { return }
            code = refusal.code.rawValue
            if refusal.verdict != .none { verdict = refusal.verdict.description }
            if let at = refusal.verdictAt { verdictAt = UTCTime(seconds: Int64(clamping: at)).description }
            if !refusal.reason.isEmpty { reason = refusal.reason }
        }
    }

    /// A failure of a stream.
    init(_ error: StreamError, socket: String) {
        if let client = error.client {
            self.init(client, socket: socket)
        } else if let failure = error.underlying as? Failure {
            self = failure
        } else {
            let exitCode: ExitStatus =
                switch error.code {
                case .cannotDecrypt, .unknownFormat: .dataError
                case .tooLong: .usage
                case .refusedByDaemon: .temporary
                case .input, .output: .inputOutput
                default: .software
                }
            self.init(exitCode, error.code == .cannotDecrypt ? "cannot-decrypt" : error.code.description, error.message)
        }
    }

    /// The failure where a ciphertext named what it belongs to: an environment that is not known is the ciphertext's fault then.
    var ofCiphertext: Failure {
        guard code == ErrorCode.unknownEnvironment.rawValue else { return self }
        var failure = self
        failure.exitCode = .dataError
        return failure
    }

    static func usage(_ message: String) -> Failure { Failure(.usage, "usage", message) }

    /// Tells the failure on standard error, and ends the process.
    func end(json: Bool) -> Never {
        if json {
            let report = ErrorReport(error: .init(self))
            Terminal.error(verbatim: JSON.text(report))
        } else {
            // What the daemon says holds words of others, all in one line.
            var text = "ekmctl: \(code == nil ? message : PlainText.line(message))"
            if let verdictAt { text += "\n        since \(verdictAt)" }
            if let reason { text += "\n        the KMS says: \(PlainText.line(reason))" }
            if !remedy.isEmpty { text += "\n        \(code == nil ? remedy : PlainText.line(remedy))" }
            Terminal.error(text)
        }
        exit(exitCode.rawValue)
    }
}
