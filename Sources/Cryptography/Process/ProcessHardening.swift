import CLinux
import Glibc

/// Closes the process's memory to debuggers, `/proc` and core files.
package enum ProcessHardening {
    /// Makes the process not dumpable (so not ptraceable by its own user either), and forbids core files.
    ///
    /// Traps if the kernel refuses, as nothing else would keep keys out of a core file.
    package static func apply() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        let noCore = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        precondition(noCore == 0, "Core files could not be forbidden (setrlimit RLIMIT_CORE): keys would not be safe in this process.")
        precondition(
            ekm_prctl(PR_SET_DUMPABLE, 0) == 0, "The process could not be made undumpable (prctl): keys would not be safe in this process.")
    }
}
