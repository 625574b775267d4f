package import KeyHierarchy

/// Knows every environment's deadline; says what to wipe, and when to ask again. The timer around it only feeds it the time.
package struct Expiry: Sendable {
    package enum Event: Sendable {
        /// The environment's keys may live until then, and no longer.
        case deadline(EnvironmentID, BootInstant)
        /// Nothing of it is left in memory.
        case wiped(EnvironmentID)
        case tick
    }

    package enum Action: Equatable, Sendable {
        case wipe(EnvironmentID)
        /// Nothing is due before.
        case wake(at: BootInstant)
    }

    private struct Entry: Comparable {
        let deadline: BootInstant
        let environment: EnvironmentID

        static func < (a: Self, b: Self) -> Bool { (a.deadline, a.environment) < (b.deadline, b.environment) }
    }

    private var deadlines: [EnvironmentID: BootInstant] = [:]
    /// A binary heap; entries that no longer match `deadlines` are skipped when they come up.
    private var heap: [Entry] = []

    package init() {}

    package mutating func next(_ event: Event, now: BootInstant) -> [Action] {
        switch event {
        case .deadline(let environment, let deadline):
            deadlines[environment] = deadline
            push(Entry(deadline: deadline, environment: environment))
        case .wiped(let environment): deadlines[environment] = nil
        case .tick: break
        }
        var actions: [Action] = []
        while let first = heap.first {
            guard deadlines[first.environment] == first.deadline else {
                pop()
                continue
            }
            guard first.deadline <= now else {
                actions.append(.wake(at: first.deadline))
                break
            }
            pop()
            deadlines[first.environment] = nil
            actions.append(.wipe(first.environment))
        }
        return actions
    }

    private mutating func push(_ entry: Entry) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func pop() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[least] { least = child }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
