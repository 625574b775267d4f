/// How fast a repack goes, and what it waits for; in memory only.
struct RepackProgress {
    var waitingFor: HierarchyError?
    /// Keys per second, smoothed.
    var rate = 0.0
    private var last: (at: BootInstant, moved: Int)?

    mutating func note(moved: Int, at now: BootInstant) {
        waitingFor = nil
        defer { last = (now, moved) }
        guard let last, moved > last.moved, now > last.at else { return }
        let elapsed = last.at.remaining(until: now)
        let current = Double(moved - last.moved) / (Double(elapsed.nanoseconds) / 1e9)
        rate = rate == 0 ? current : 0.8 * rate + 0.2 * current
    }

    mutating func waits(for error: HierarchyError) {
        waitingFor = error
        last = nil
        rate = 0
    }
}
