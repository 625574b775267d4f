import EKMClient
import EKMWire
import Glibc

/// Looks at the socket, and connects to it.
struct SocketCheck {
    private static let name = "socket"

    private(set) var checks: [DoctorReport.Check] = []
    private(set) var isReachable = false

    init(_ path: String, _ client: EKMClient) {
        checks.append(Self.file(path))
        do throws(EKMClientError) {
            let daemon = try client.blocking.daemon(timeout: .seconds(5))
            isReachable = true
            checks.append(DoctorReport.Check("connection", .ok, "ekmd \(daemon.version) answers."))
        } catch {
            checks.append(DoctorReport.Check("connection", .failed, error.message, remedy: error.remedy))
        }
    }

    private static func file(_ path: String) -> DoctorReport.Check {
        var facts = stat()
        guard unsafe lstat(path, &facts) == 0 else {
            let text = unsafe String(cString: strerror(errno))
            return DoctorReport.Check(
                name, .failed, "\(path) cannot be looked at: \(text).",
                remedy: "Start ekmd, or name its socket with --socket or EKM_SOCKET.")
        }
        guard facts.st_mode & S_IFMT == S_IFSOCK else {
            return DoctorReport.Check(name, .failed, "\(path) is no socket.", remedy: "Remove it, and restart ekmd.")
        }
        let mode = String(facts.st_mode & 0o777, radix: 8)
        let text = "\(path) belongs to \(FileOwner(facts)), mode \(mode)."
        guard facts.st_mode & 0o007 == 0 else {
            return DoctorReport.Check(
                name, .warning, "\(text) Everybody on this machine can connect; only the grants decide.",
                remedy: "Let a group connect, and nobody else.")
        }
        return DoctorReport.Check(name, .ok, text)
    }
}
