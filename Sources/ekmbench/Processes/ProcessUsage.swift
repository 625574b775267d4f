/// What a process has used, all its threads together.
struct ProcessUsage {
    /// Nanoseconds, as the process's CPU clock has them: /proc/PID/stat shows the same in steps of 10 ms.
    var cpu: UInt64 = 0
    /// Of user space; nil where the kernel does not count them.
    var instructions: UInt64?
    /// Calls of malloc and its kin; nil where they are not counted.
    var allocations: UInt64?

    static func - (later: ProcessUsage, earlier: ProcessUsage) -> ProcessUsage {
        ProcessUsage(
            cpu: later.cpu - min(later.cpu, earlier.cpu), instructions: between(earlier.instructions, later.instructions),
            allocations: between(earlier.allocations, later.allocations))
    }

    private static func between(_ start: UInt64?, _ end: UInt64?) -> UInt64? {
        guard let start, let end else { return nil }
        return end - min(start, end)
    }
}
