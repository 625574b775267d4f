internal import Glibc

extension EKMClientError {
    /// Why a socket could not be connected, and what to do about it.
    static func connecting(to path: String, _ error: Int32) -> EKMClientError {
        switch error {
        case ENOENT, ENOTDIR:
            EKMClientError(
                .noDaemon, "There is no socket at \(path).",
                remedy: "Start ekmd, or name its socket with EKM_SOCKET.")
        case ECONNREFUSED:
            EKMClientError(.noDaemon, "Nobody listens on \(path).", remedy: "Start ekmd: the socket was left behind by one that ended.")
        case EACCES, EPERM:
            EKMClientError(.permissionDenied, "This user may not connect to \(path).", remedy: permissionRemedy(path))
        case EMFILE, ENFILE:
            EKMClientError(.connectionFailed, "This process has no file descriptor left for a connection.", remedy: "Raise its limit.")
        default:
            EKMClientError(.connectionFailed, "Connecting to \(path) failed: \(text(error)).", remedy: "See whether ekmd is running.")
        }
    }

    /// Nothing was sent.
    static func untrusted(_ user: UInt32?, _ path: String) -> EKMClientError {
        guard let user else {
            return EKMClientError(.untrustedDaemon, "The kernel does not tell who listens on \(path): nothing was sent.")
        }
        return EKMClientError(
            .untrustedDaemon,
            "User \(user) listens on \(path), who is neither root nor this user, and not whom root gave its directory: nothing was sent.",
            remedy: "If that is the user who runs ekmd, say so: EKM_SOCKET_USER=\(user).")
    }

    static func lost(_ why: String) -> EKMClientError {
        EKMClientError(.connectionLost, "The connection to ekmd ended: \(why).", remedy: "See whether ekmd is running, and try again.")
    }

    static func lost(_ error: Int32) -> EKMClientError { lost(text(error)) }

    static var deadlineExceeded: EKMClientError {
        EKMClientError(
            .deadlineExceeded, "ekmd did not answer in time.", remedy: "Try again, or allow more time; `ekmctl status` shows how it is.")
    }

    static var cancelled: EKMClientError { EKMClientError(.cancelled, "The call was cancelled.") }
    static var closed: EKMClientError { EKMClientError(.closed, "The client was closed.") }

    static func violation(_ what: String) -> EKMClientError {
        EKMClientError(.protocolViolation, "ekmd sent what this client cannot read: \(what).", remedy: "Update the older of the two.")
    }

    private static func text(_ error: Int32) -> String { unsafe String(cString: strerror(error)) }

    /// Names the group whose members may connect, where the socket tells it.
    private static func permissionRemedy(_ path: String) -> String {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return "Ask for access to its directory." }
        var record = unsafe group()
        var found: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: 4096)
        guard unsafe getgrgid_r(status.st_gid, &record, &buffer, buffer.count, &found) == 0, unsafe found != nil else {
            return "Join the group \(status.st_gid)."
        }
        return "Join the group \(unsafe String(cString: record.gr_name))."
    }
}
