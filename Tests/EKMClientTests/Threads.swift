import Bedrock
import Glibc
import Testing

@testable import EKMClient

/// A thread of a test's own, since a blocking call may not hold one of the tasks' threads.
final class TestThread: @unchecked Sendable {
    private let lock = ConditionMutex()
    private let done = Condition()
    private var result: Bool?

    init(_ body: @escaping @Sendable () -> Bool) {
        let started = Thread.start { [self] in
            let result = body()
            lock.withLock { self.result = result }
            done.signal()
        }
        #expect(started)
    }

    func join() -> Bool {
        lock.lock()
        defer { lock.unlock() }
        while true {
            if let result { return result }
            done.wait(lock, until: .never)
        }
    }
}

final class Counter: Sendable {
    private let count = Lock(0)

    func add() { count.withLock { $0 += 1 } }
    var value: Int { count.withLock { $0 } }
}

/// Lets tasks wait for a thread.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Lock(State())

    func open() {
        let continuations = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in continuations { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let passes = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if passes { continuation.resume() }
        }
    }
}
