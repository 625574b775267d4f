internal import Glibc

/// Where the daemon's socket is.
public enum SocketPath {
    /// The socket of a daemon that runs for the whole system.
    public static let system = "/run/ekmd/ekmd.sock"

    /// `EKM_SOCKET` where it is set; else the socket of this user's own daemon where there is one; else that of the system's.
    public static var current: String { resolve(variable, exists: { unsafe access($0, F_OK) == 0 }) }

    static func resolve(_ variable: (String) -> String?, exists: (String) -> Bool) -> String {
        if let path = variable("EKM_SOCKET"), !path.isEmpty { return path }
        if let directory = variable("XDG_RUNTIME_DIR"), !directory.isEmpty {
            let path = "\(directory)/ekmd/ekmd.sock"
            if exists(path) { return path }
        }
        return system
    }

    private static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
