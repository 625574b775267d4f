internal import KeyHierarchy

/// The environments with keys in memory, in the order in which they were looked at.
struct HolderQueue: Sendable {
    private var waiting: [(id: EnvironmentID, lookedAt: BootInstant)] = []
    private var head = 0

    var count: Int { waiting.count - head }

    mutating func append(_ id: EnvironmentID, at now: BootInstant = BootInstant(nanoseconds: 0)) { waiting.append((id, now)) }

    mutating func next() -> (EnvironmentID, BootInstant)? {
        guard head < waiting.count else { return nil }
        defer {
            head += 1
            if head > 1024, head > waiting.count / 2 {
                waiting.removeFirst(head)
                head = 0
            }
        }
        return waiting[head]
    }
}
