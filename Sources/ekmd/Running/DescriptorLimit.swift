import Glibc

/// How many file descriptors the process may have.
enum DescriptorLimit {
    /// For the store, the log, the event loops and connections to a KMS: no client takes them.
    static let kept = 192

    /// Raises the limit as far as the process may.
    /// - Returns: the limit that holds now.
    static func raise() -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return Int(clamping: before) }
        return Int(clamping: limit.rlim_cur)
    }

    /// How many clients there is room for, of those that are wanted.
    static func connections(wanted: Int, limit: Int) -> Int { min(wanted, max(16, limit - kept)) }
}
