import Glibc

/// Where things lie when the configuration does not say: by the service manager's directories, else the system's for root,
/// else the user's own (XDG Base Directory Specification).
struct ConfigurationLocations: Equatable, Sendable {
    /// The file that is read where `--config` names none; it may be absent.
    var configuration: String
    var socket: String
    var state: String
    var rootKey: RootKeySource
}

extension ConfigurationLocations {
    /// - Parameters:
    ///   - user: the effective user.
    ///   - home: the user's home where `$HOME` is unset.
    ///   - variable: the process's environment.
    /// - Throws: where no place for the state is left.
    init(user: UInt32, home: String?, variable: (String) -> String?) throws(ConfigurationError) {
        // Relative paths in these variables are invalid and ignored, as the XDG specification asks.
        func directory(_ name: String) -> String? {
            // systemd lists several directories with colons; the first is the service's main one.
            guard let first = variable(name)?.split(separator: ":").first, first.hasPrefix("/") else { return nil }
            return String(first)
        }
        let isRoot = user == 0
        let home = directory("HOME") ?? home.flatMap { $0.hasPrefix("/") ? $0 : nil }
        func own(_ variable: String, _ fallback: String) -> String? {
            (directory(variable) ?? home.map { $0 + fallback }).map { $0 + "/ekmd" }
        }

        let runtime = directory("RUNTIME_DIRECTORY") ?? (isRoot ? "/run/ekmd" : directory("XDG_RUNTIME_DIR").map { $0 + "/ekmd" })
        let state = directory("STATE_DIRECTORY") ?? (isRoot ? "/var/lib/ekmd" : own("XDG_STATE_HOME", "/.local/state"))
        let settings = directory("CONFIGURATION_DIRECTORY") ?? (isRoot ? "/etc/ekmd" : own("XDG_CONFIG_HOME", "/.config"))
        guard let state, let settings else {
            throw ConfigurationError(
                file: "ekmd",
                "there is no home directory to keep the state in; set $HOME, or give 'state' and 'root_key' in a file named with --config")
        }
        self.state = state
        socket = (runtime ?? Self.temporaryDirectory(of: user)) + "/ekmd.sock"
        configuration = settings + "/ekmd.yaml"
        rootKey = .file(settings + "/root.key")
    }

    /// The socket's directory for a user without a runtime directory: private, and refused if it is not.
    static func temporaryDirectory(of user: UInt32) -> String { "/tmp/ekmd-\(user)" }

    /// Those of this process.
    static func current() throws(ConfigurationError) -> ConfigurationLocations {
        let user = geteuid()
        return try ConfigurationLocations(user: user, home: Accounts.home(of: user)) { name in
            guard let value = unsafe getenv(name) else { return nil }
            return unsafe String(cString: value)
        }
    }
}
