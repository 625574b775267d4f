internal import Glibc

/// Where the daemon's socket is.
public enum SocketPath {
    /// The socket of a daemon that runs for the whole system.
    public static let system = "/run/ekmd/ekmd.sock"

    /// `EKM_SOCKET` where it is set; else the socket of this user's own daemon where there is one, in `$XDG_RUNTIME_DIR/ekmd` if that
    /// is this user's directory or, without that variable, in `/tmp/ekmd-UID`; else that of the system's.
    public static var current: String {
        let user = geteuid()
        return resolve(variable, user: user, exists: { unsafe access($0, F_OK) == 0 }, isOwn: { isOwn($0, user) })
    }

    /// `EKM_SOCKET_USER`: the id of another user whose daemon this one wants to use; nil where it is not set, or no number.
    public static var user: UInt32? { variable("EKM_SOCKET_USER").flatMap { UInt32($0) } }

    static func resolve(
        _ variable: (String) -> String?, user: UInt32, exists: (String) -> Bool, isOwn: (String) -> Bool
    ) -> String {
        if let path = variable("EKM_SOCKET"), !path.isEmpty { return path }
        if let directory = variable("XDG_RUNTIME_DIR"), !directory.isEmpty {
            // `su` leaves the variable as it was: then the directory is another user's.
            let path = "\(directory)/ekmd/ekmd.sock"
            if isOwn(directory), exists(path) { return path }
        } else if user != 0 {
            let directory = "/tmp/ekmd-\(user)"
            if isOwn(directory), exists("\(directory)/ekmd.sock") { return "\(directory)/ekmd.sock" }
        }
        return system
    }

    /// Anybody can make a directory in /tmp: plaintext goes to one that only this user can have filled.
    private static func isOwn(_ directory: String, _ user: UInt32) -> Bool {
        var facts = stat()
        guard unsafe lstat(directory, &facts) == 0 else { return false }
        return facts.st_mode & S_IFMT == S_IFDIR && facts.st_uid == user && facts.st_mode & 0o022 == 0
    }

    private static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
