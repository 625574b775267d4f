internal import Bedrock
internal import KeyHierarchy

/// Holds each call to a KMS back until its turn, as `PaceQueue` says.
final class Pacer: Sendable {
    private struct State {
        var queue = PaceQueue()
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        /// Those whose turn came before they waited for it.
        var ready: Set<UInt64> = []
        var lastID: UInt64 = 0
        /// Whether somebody wakes those whose turn comes.
        var isDriven = false

        /// - Returns: whom to wake, and when the next turn is.
        mutating func admit(
            at now: BootInstant, rate: Int
        ) -> (awoken: [CheckedContinuation<Void, Never>], nextTurn: BootInstant?) {
            let (calls, nextTurn) = queue.admit(at: now, rate: rate)
            return (calls.compactMap { release($0.id) }, nextTurn)
        }

        mutating func release(_ id: UInt64) -> CheckedContinuation<Void, Never>? {
            if let continuation = waiting.removeValue(forKey: id) { return continuation }
            ready.insert(id)
            return nil
        }
    }

    private let clock: any BootClock
    private let rate: @Sendable () -> Int
    private let state = Lock(State())

    /// - Parameter rate: calls per second, as it is set now.
    init(clock: any BootClock, rate: @escaping @Sendable () -> Int) {
        self.clock = clock
        self.rate = rate
    }

    /// Returns when the turn has come, or at once where the task is cancelled: it has nothing to do any more.
    /// - Parameter count: how many calls will be made one after the other.
    func turn(at endpoint: String, _ urgency: PaceQueue.Urgency, count: Int = 1) async {
        let (now, rate) = (clock.now, rate())
        let (call, awoken): (PaceQueue.Call?, [CheckedContinuation<Void, Never>]) = state.withLock { state in
            state.lastID += 1
            let call = PaceQueue.Call(id: state.lastID, endpoint: endpoint, urgency: urgency, count: count)
            state.queue.add(call)
            // Where somebody waits already, the next turn is known, and is not now.
            let awoken = state.isDriven ? [] : state.admit(at: now, rate: rate).awoken
            return (state.ready.remove(call.id) == nil ? call : nil, awoken)
        }
        for continuation in awoken { continuation.resume() }
        guard let call else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in wait(call, continuation) }
        } onCancel: {
            giveUp(call)
        }
    }

    private func wait(_ call: PaceQueue.Call, _ continuation: CheckedContinuation<Void, Never>) {
        let (goesOn, drives) = state.withLock { state in
            if state.ready.remove(call.id) != nil { return (true, false) }
            state.waiting[call.id] = continuation
            defer { state.isDriven = true }
            return (false, !state.isDriven)
        }
        if goesOn { continuation.resume() }
        if drives { Task { await drive() } }
    }

    private func giveUp(_ call: PaceQueue.Call) {
        state.withLock { state in state.queue.remove(call) ? state.release(call.id) : nil }?.resume()
    }

    /// Wakes one after the other until none waits.
    private func drive() async {
        var now = clock.now
        while true {
            let rate = rate()
            let (awoken, nextTurn) = state.withLock { state in
                let (awoken, nextTurn) = state.admit(at: now, rate: rate)
                if nextTurn == nil { state.isDriven = false }
                return (awoken, nextTurn)
            }
            for continuation in awoken { continuation.resume() }
            guard let nextTurn else { return }
            try? await Task.sleep(for: now.remaining(until: nextTurn))
            // The sleep's clock is not ours, which may even stand still.
            now = max(clock.now, nextTurn)
        }
    }
}
