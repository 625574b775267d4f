internal import KeyHierarchy

/// Whose call to a KMS is next: a pure state machine, without a clock.
///
/// All calls together keep under a rate: a tenth of it may go at once, the others are spread evenly, so that no second holds more than the
/// rate. A proof goes before everything that only looks or sets up, and so waits behind proofs alone. Among calls of one urgency the
/// endpoints take turns: each that has calls waiting has an equal share, however long the queue of another is.
struct PaceQueue {
    enum Urgency: Int, CaseIterable, Sendable {
        /// Requests, or a renewal, wait for it.
        case proof
        /// Polls, descriptions, diagnoses, set-ups.
        case other
    }

    struct Call: Sendable {
        let id: UInt64
        /// Which KMS, as far as its load is concerned.
        let endpoint: String
        var urgency: Urgency = .proof
        /// How many are made one after the other.
        var count = 1
    }

    /// The calls of one urgency.
    private struct Line {
        var waiting: [String: [Call]] = [:]
        /// The endpoints that have calls waiting, the next one first.
        var turns: [String] = []

        mutating func add(_ call: Call) {
            if waiting[call.endpoint] == nil { turns.append(call.endpoint) }
            waiting[call.endpoint, default: []].append(call)
        }

        mutating func next() -> Call? {
            guard !turns.isEmpty else { return nil }
            let endpoint = turns.removeFirst()
            guard var calls = waiting.removeValue(forKey: endpoint), !calls.isEmpty else { return nil }
            let call = calls.removeFirst()
            if !calls.isEmpty {
                waiting[endpoint] = calls
                turns.append(endpoint)
            }
            return call
        }

        mutating func remove(_ id: UInt64, of endpoint: String) -> Bool {
            guard var calls = waiting[endpoint], let place = calls.firstIndex(where: { $0.id == id }) else { return false }
            calls.remove(at: place)
            waiting[endpoint] = calls.isEmpty ? nil : calls
            if calls.isEmpty { turns.removeAll { $0 == endpoint } }
            return true
        }
    }

    private var lines = [Urgency: Line]()
    /// When the next call's turn is, if none is let go ahead of its turn.
    private var next: BootInstant?

    mutating func add(_ call: Call) { lines[call.urgency, default: Line()].add(call) }

    /// Leaves the queue.
    /// - Returns: whether it was still there.
    mutating func remove(_ call: Call) -> Bool { lines[call.urgency]?.remove(call.id, of: call.endpoint) ?? false }

    /// Takes the calls out whose turn has come.
    /// - Parameter rate: calls per second.
    /// - Returns: them, in turn, and when the next one's turn is; nil where none waits.
    mutating func admit(at now: BootInstant, rate: Int) -> (calls: [Call], nextTurn: BootInstant?) {
        let rate = max(1, rate)
        let atOnce = rate / 10
        // Rounded up: a nanosecond less would let one more into a second.
        let step = Duration.nanoseconds(1_000_000_000 / (rate - atOnce) + 1)
        let earliest = now.advanced(by: .zero - step * atOnce)
        var admitted: [Call] = []
        while lines.contains(where: { !$0.value.turns.isEmpty }) {
            let turn = max(next ?? earliest, earliest)
            guard turn <= now else { return (admitted, turn) }
            guard let call = takeNext() else { continue }
            next = turn.advanced(by: step * max(1, call.count))
            admitted.append(call)
        }
        return (admitted, nil)
    }

    private mutating func takeNext() -> Call? {
        for urgency in Urgency.allCases { if let call = lines[urgency]?.next() { return call } }
        return nil
    }
}
