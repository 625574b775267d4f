import EKMWire
import Glibc

/// Why a benchmark ended early.
struct Failure: Error {
    /// The exit code, of sysexits.h; that of a signal where one ended it.
    let exitCode: Int32
    /// What happened, and why.
    let message: String
    /// What to do next; may be empty.
    let remedy: String

    private init(_ exitCode: Int32, _ message: String, remedy: String) {
        self.exitCode = exitCode
        self.message = message
        self.remedy = remedy
    }
}

extension Failure {
    static func usage(_ message: String, remedy: String) -> Failure { Failure(64, message, remedy: remedy) }

    static func badInput(_ message: String, remedy: String) -> Failure { Failure(65, message, remedy: remedy) }

    static func overBudget(_ overruns: [String]) -> Failure {
        Failure(
            1, "warm operations cost more than their budget:\n  " + overruns.joined(separator: "\n  "),
            remedy: "Find what was added to the warm path; only where it must be there, raise the budget.")
    }

    static func noProgram(_ path: String) -> Failure {
        Failure(
            69, "there is no \(path), which is to be measured.",
            remedy: "Build it there: `etc/bench` does, and so does `swift build -c release`.")
    }

    static func system(_ what: String, _ error: Int32, remedy: String) -> Failure {
        Failure(71, "\(what): \(unsafe String(cString: strerror(error))).", remedy: remedy)
    }

    /// - Parameter log: the last lines of what the server said.
    static func ended(_ server: String, log: String) -> Failure {
        let said = log.isEmpty ? "It said nothing." : "It said: \(log)"
        return Failure(
            70, "\(server) ended, or closed the connection, while it was measured. \(said)", remedy: "Mend what it complains of.")
    }

    static func silent(_ server: String) -> Failure {
        Failure(
            70, "\(server) has not answered for \(Deadline.silence) seconds.",
            remedy: "See what else the machine does, then try again.")
    }

    static func wrongAnswer(_ server: String, _ what: String) -> Failure {
        Failure(70, "\(server) did not answer as it must: \(what)", remedy: "Build all programs from one checkout, then try again.")
    }

    static func wire(_ error: WireError) -> Failure {
        Failure(70, "a frame could not be made: \(error.message)", remedy: error.remedy)
    }

    /// A signal ended it, and nobody needs to be told.
    static func interrupted(by signal: Int32) -> Failure { Failure(128 + signal, "", remedy: "") }
}

extension Failure {
    var text: String {
        remedy.isEmpty ? "ekmbench: \(message)" : "ekmbench: \(message)\n          \(remedy)"
    }
}
