import EKMWire
import Glibc

/// Has `ekmd` itself look at the store of a daemon that does not run.
struct StoreCheck {
    private static let name = "store"
    /// Reading a large store takes its time.
    private static let patience = 60_000

    let check: DoctorReport.Check

    /// - Parameters:
    ///   - state: where the store is; nil where it is not known.
    ///   - file: the configuration; nil for the usual one.
    init(_ state: String?, configuration file: String?) { check = Self.run(state, file) }

    private static func run(_ state: String?, _ file: String?) -> DoctorReport.Check {
        guard let program = EKMDProgram.path, let state else {
            return DoctorReport.Check(
                name, .skipped, "It cannot be looked at without ekmd and its configuration.", remedy: "Run: ekmd --check-store")
        }
        guard unsafe access(state, R_OK | W_OK | X_OK) == 0 else {
            return DoctorReport.Check(name, .skipped, "\(state): this user may not look (\(unsafe String(cString: strerror(errno)))).")
        }
        do throws(Failure) {
            let run = try CapturedProgram(program, ["--check-store"] + (file.map { ["--config", $0] } ?? []), milliseconds: patience)
            let words = run.output.split(separator: "\n").joined(separator: " ")
            switch run.status {
            case 0: return DoctorReport.Check(name, .ok, words)
            case ExitStatus.temporary.rawValue: return DoctorReport.Check(name, .skipped, words)
            case ExitStatus.configuration.rawValue:
                return DoctorReport.Check(name, .skipped, "The configuration must be right before the store can be looked at.")
            case let status?:
                return DoctorReport.Check(
                    name, .failed, words.isEmpty ? "ekmd --check-store ended with \(status)." : words,
                    remedy: "Keep a copy of \(state), and restore a backup.")
            case nil:
                return DoctorReport.Check(
                    name, .skipped, "It could not be read in \(patience / 1000) s.", remedy: "Run: ekmd --check-store")
            }
        } catch { return DoctorReport.Check(name, .skipped, error.message) }
    }
}
