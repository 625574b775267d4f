internal import KeyHierarchy

/// The environments, and sets of those that are to be found without a walk; guarded by the `Keyring`.
struct EnvironmentDirectory: Sendable {
    struct Entry: Sendable {
        let environment: LiveEnvironment
        var standing: Standing
        var isMoved = false
        /// Whether it stands in `holders`.
        var isQueued = false
    }

    private(set) var byName: [EnvironmentName: LiveEnvironment] = [:]
    private(set) var entries: [EnvironmentID: Entry] = [:]
    /// By name.
    private(set) var sorted: [LiveEnvironment] = []
    private(set) var states: [EnvironmentView.State: Int] = [:]
    private(set) var troubled: Set<EnvironmentID> = []
    private(set) var warned: Set<EnvironmentID> = []
    private(set) var unfinished: Set<EnvironmentID> = []
    private(set) var sharing: [PollTarget: Set<EnvironmentID>] = [:]
    private(set) var holders = HolderQueue()
    private var moved: [EnvironmentID] = []

    mutating func add(_ environment: LiveEnvironment, _ standing: Standing) {
        let identity = environment.identity
        if let known = entries[identity.id]?.environment { remove(known) }
        if let displaced = byName.updateValue(environment, forKey: identity.name), let place = place(of: displaced) {
            sorted[place] = environment
        } else {
            sorted.insert(environment, at: place(after: identity.name))
        }
        entries[identity.id] = Entry(environment: environment, standing: standing)
        count(standing, of: identity.id)
        note(identity.id)
    }

    mutating func remove(_ environment: LiveEnvironment) {
        let identity = environment.identity
        if byName[identity.name] === environment { byName[identity.name] = nil }
        if let place = place(of: environment) { sorted.remove(at: place) }
        // Upkeep learns that it is gone by not finding it.
        note(identity.id)
        guard let entry = entries.removeValue(forKey: identity.id) else { return }
        discount(entry.standing, of: identity.id)
    }

    /// One that was taken before what is known is left out.
    mutating func file(_ id: EnvironmentID, _ standing: Standing) {
        guard let known = entries[id]?.standing, standing.number > known.number else { return }
        entries[id]?.standing = standing
        if standing.isFound(otherwise: known) {
            discount(known, of: id)
            count(standing, of: id)
        }
        note(id)
    }

    /// Where the first one behind a name stands.
    func place(after name: EnvironmentName) -> Int {
        // They mostly come in order.
        guard let last = sorted.last, name < last.identity.name else { return sorted.count }
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle].identity.name <= name { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Where the first one stands whose name begins with `prefix`, or would stand.
    func place(ofPrefix prefix: String) -> Int {
        let parts = prefix.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let (workspace, name) = (parts.first ?? "", parts.count > 1 ? parts[1] : "")
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            let there = sorted[middle].identity.name
            if (there.workspace, there.environment) < (workspace, name) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func place(of environment: LiveEnvironment) -> Int? {
        let place = place(after: environment.identity.name) - 1
        return place >= 0 && sorted[place] === environment ? place : nil
    }

    // MARK: Moved and holding

    mutating func takeMoved() -> [EnvironmentID] {
        defer { moved = [] }
        for id in moved { entries[id]?.isMoved = false }
        return moved
    }

    private mutating func note(_ id: EnvironmentID) {
        guard let entry = entries[id] else { return moved.append(id) }
        if !entry.isMoved {
            entries[id]?.isMoved = true
            moved.append(id)
        }
        if entry.standing.holdsKeys, !entry.isQueued {
            entries[id]?.isQueued = true
            holders.append(id)
        }
    }

    mutating func nextHolder(at now: BootInstant) -> (environment: LiveEnvironment, lookedAt: BootInstant)? {
        while let (id, lookedAt) = holders.next() {
            guard let entry = entries[id] else { continue }
            guard entry.standing.holdsKeys else {
                entries[id]?.isQueued = false
                continue
            }
            holders.append(id, at: now)
            return (entry.environment, lookedAt)
        }
        return nil
    }

    // MARK: Counting

    private mutating func count(_ standing: Standing, of id: EnvironmentID) {
        states[standing.state, default: 0] += 1
        if standing.isTroubled { troubled.insert(id) }
        if standing.isWarned { warned.insert(id) }
        if standing.isUnfinished { unfinished.insert(id) }
        for target in standing.targets { sharing[target, default: []].insert(id) }
    }

    private mutating func discount(_ standing: Standing, of id: EnvironmentID) {
        states[standing.state, default: 0] -= 1
        if states[standing.state] == 0 { states[standing.state] = nil }
        if standing.isTroubled { troubled.remove(id) }
        if standing.isWarned { warned.remove(id) }
        if standing.isUnfinished { unfinished.remove(id) }
        for target in standing.targets {
            sharing[target]?.remove(id)
            if sharing[target]?.isEmpty == true { sharing[target] = nil }
        }
    }
}
