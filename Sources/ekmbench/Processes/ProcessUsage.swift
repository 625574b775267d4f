/// What a process has used, all its threads together.
struct ProcessUsage {
    /// Nanoseconds, as the process's CPU clock has them: /proc/PID/stat shows the same in steps of 10 ms.
    var cpu: UInt64 = 0
    /// Of user space; nil where the kernel does not count them.
    var instructions: UInt64?

    static func - (later: ProcessUsage, earlier: ProcessUsage) -> ProcessUsage {
        var instructions: UInt64?
        if let end = later.instructions, let start = earlier.instructions { instructions = end - start }
        return ProcessUsage(cpu: later.cpu - min(later.cpu, earlier.cpu), instructions: instructions)
    }
}
