/// Calls whose requests wait to be sent, first in, first out.
struct Outbox {
    private var calls: [Call?] = []
    private var head = 0

    var isEmpty: Bool { head == calls.count }
    var first: Call? { isEmpty ? nil : calls[head] }

    mutating func append(_ call: Call) { calls.append(call) }

    mutating func removeFirst() {
        calls[head] = nil
        head += 1
        // Amortised: not once for each frame.
        if head == calls.count || head > 1024 {
            calls.removeFirst(head)
            head = 0
        }
    }

    mutating func removeAll() {
        calls.removeAll()
        head = 0
    }
}
