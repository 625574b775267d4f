internal import KeyHierarchy

/// How fast a repack goes, and what it waits for; in memory only.
struct RepackProgress {
    /// Why keys could not be moved in the round that goes on.
    private(set) var refusal: HierarchyError?
    /// The versions under which they hang.
    private(set) var refused: Set<EnvironmentKeyVersion> = []
    /// A round ended in which no key could be moved: it is for this that the repack waits.
    private(set) var waitingFor: HierarchyError?
    /// Keys per second, smoothed.
    private(set) var rate = 0.0
    private var movedInRound = 0
    private var last: (at: BootInstant, moved: Int)?

    mutating func note(moved: Int, of total: Int, at now: BootInstant) {
        movedInRound += moved
        if moved > 0 { waitingFor = nil }
        defer { last = (now, total) }
        guard let last, total > last.moved, now > last.at else { return }
        let elapsed = last.at.remaining(until: now)
        let current = Double(total - last.moved) / (Double(elapsed.nanoseconds) / 1e9)
        rate = rate == 0 ? current : 0.8 * rate + 0.2 * current
    }

    mutating func refuses(_ versions: Set<EnvironmentKeyVersion>, _ error: HierarchyError) {
        refusal = error
        refused.formUnion(versions)
    }

    /// A round has ended with keys that were not moved.
    /// - Returns: whether it is worth beginning another at once.
    mutating func endRound() -> Bool {
        defer {
            movedInRound = 0
            refusal = nil
        }
        if movedInRound == 0, let refusal {
            waits(for: refusal)
            return false
        }
        refused = []
        return true
    }

    mutating func waits(for error: HierarchyError) {
        waitingFor = error
        last = nil
        rate = 0
    }

    /// Some of what was refused is granted again.
    mutating func goesOn() {
        waitingFor = nil
        refused = []
    }
}
