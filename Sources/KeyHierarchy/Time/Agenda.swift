/// What is due when: the earliest first, and each subject once.
package struct Agenda<Subject: Hashable & Sendable, Time: Comparable & Sendable>: Sendable {
    private struct Entry: Sendable {
        let time: Time
        let subject: Subject
    }

    private var times: [Subject: Time] = [:]
    /// A binary heap; entries that no longer match `times` are skipped when they come up, and swept once they are the most.
    private var heap: [Entry] = []

    package init() {}

    package var count: Int { times.count }

    /// How many entries are kept, the overtaken ones among them.
    package var entries: Int { heap.count }

    /// When a subject is due; nil takes it off.
    package subscript(subject: Subject) -> Time? {
        get { times[subject] }
        set {
            guard times[subject] != newValue else { return }
            times[subject] = newValue
            if let newValue { push(Entry(time: newValue, subject: subject)) }
            sweep()
        }
    }

    /// The earliest time of all.
    package mutating func first() -> Time? {
        while let first = heap.first {
            if times[first.subject] == first.time { return first.time }
            dropFirst()
        }
        return nil
    }

    /// Takes the earliest off, if it is due.
    package mutating func next(where isDue: (Time) -> Bool) -> Subject? {
        guard let time = first(), isDue(time), let subject = heap.first?.subject else { return nil }
        dropFirst()
        times[subject] = nil
        return subject
    }

    private mutating func sweep() {
        guard heap.count > 2 * times.count + 64 else { return }
        let kept = heap.filter { times[$0.subject] == $0.time }.sorted { $0.time < $1.time }
        // An entry that was overtaken and came back stands twice.
        var seen: Set<Subject> = []
        heap = kept.filter { seen.insert($0.subject).inserted }
    }

    private mutating func push(_ entry: Entry) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0, heap[child].time < heap[(child - 1) / 2].time {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func dropFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].time < heap[least].time { least = child }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
