/// What something outside the auditor's sight may be: what was acknowledged last, and what was asked for and may have been done since.
struct Possible<Value: Hashable> {
    /// Each with the time at which it was settled last.
    private var settled: [Value: UInt64]
    /// What it is no longer, and since when: an answer to an older request may still say so.
    private var left: [Value: UInt64] = [:]
    private var asked: [Int: (value: Value, at: UInt64)] = [:]
    private var next = 0

    init(_ value: Value, at time: UInt64) { settled = [value: time] }

    var values: Set<Value> {
        var values = Set(settled.keys)
        for (value, _) in asked.values { values.insert(value) }
        return values
    }

    /// What it may be without all that was asked for and not answered yet.
    var settledValues: Set<Value> { Set(settled.keys) }

    /// The one that it must be; nil where that cannot be told.
    var certain: Value? { asked.isEmpty && settled.count == 1 ? settled.first?.key : nil }

    func mayBe(_ value: Value) -> Bool { settled[value] != nil || asked.values.contains { $0.value == value } }

    func mustBe(_ value: Value) -> Bool { certain == value }

    /// Whether it had to be that already when a request was sent.
    func mustBe(_ value: Value, since begin: UInt64) -> Bool { certain == value && settled.values.allSatisfy { $0 < begin } }

    /// Somebody asks for a change: from now on it may be done.
    /// - Returns: names the request.
    mutating func ask(_ value: Value, at time: UInt64) -> Int {
        next += 1
        asked[next] = (value, time)
        return next
    }

    /// It was done. What was settled before it was asked for is over.
    mutating func acknowledge(_ request: Int, at time: UInt64) {
        guard let (value, begin) = asked.removeValue(forKey: request) else { return }
        for (old, since) in settled where since < begin && old != value {
            settled[old] = nil
            left[old] = time
        }
        settled[value] = time
    }

    /// It was refused: nothing was done.
    mutating func refuse(_ request: Int) { asked[request] = nil }

    /// Nobody knows whether it was done.
    mutating func leaveOpen(_ request: Int, at time: UInt64) {
        guard let (value, _) = asked.removeValue(forKey: request) else { return }
        settled[value] = time
    }

    /// The daemon died: of all that was asked for nobody knows whether it was done.
    mutating func leaveAllOpen(at time: UInt64) {
        for request in asked.keys { leaveOpen(request, at: time) }
    }

    /// It may be that besides.
    mutating func allow(_ value: Value, at time: UInt64) { settled[value] = time }

    /// It was seen by a request that began at `begin`.
    /// - Returns: whether it may be that.
    mutating func see(_ value: Value, since begin: UInt64) -> Bool {
        guard mayBe(value) else { return left[value].map { $0 >= begin } ?? false }
        if asked.isEmpty, settled.allSatisfy({ $0.value < begin || $0.key == value }) { settled = [value: settled[value] ?? begin] }
        return true
    }
}
