import Glibc
import Testing

@testable import EKMClient

/// A thread of a test's own, since a blocking call may not hold one of the tasks' threads.
final class TestThread: @unchecked Sendable {
    private let lock = Lock()
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

final class Counter: @unchecked Sendable {
    private let lock = Lock()
    private var count = 0

    func add() { lock.withLock { count += 1 } }
    var value: Int { lock.withLock { count } }
}

/// Lets tasks wait for a thread.
final class Gate: @unchecked Sendable {
    private let lock = Lock()
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func open() {
        let continuations = lock.withLock {
            isOpen = true
            defer { waiting = [] }
            return waiting
        }
        for continuation in continuations { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let passes = lock.withLock {
                if !isOpen { waiting.append(continuation) }
                return isOpen
            }
            if passes { continuation.resume() }
        }
    }
}
