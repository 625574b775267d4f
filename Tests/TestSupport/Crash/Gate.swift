import Foundation

/// Lets threads through while it is open; closing it waits until those inside have left.
package final class Gate: @unchecked Sendable {
    // Unchecked: all fields are reached under `condition` only.
    private let condition = NSCondition()
    private var isOpen = false
    private var isEnded = false
    private var inside = 0

    package init() {}

    package func open() {
        condition.lock()
        isOpen = true
        condition.broadcast()
        condition.unlock()
    }

    package func close() {
        condition.lock()
        isOpen = false
        while inside > 0 { condition.wait() }
        condition.unlock()
    }

    /// Sends everybody home, and waits for those inside.
    package func end() {
        condition.lock()
        isEnded = true
        condition.broadcast()
        while inside > 0 { condition.wait() }
        condition.unlock()
    }

    /// Runs `body` inside.
    /// - Returns: false once the gate has ended.
    package func pass(_ body: () -> Void) -> Bool {
        condition.lock()
        while !isOpen, !isEnded { condition.wait() }
        guard !isEnded else {
            condition.unlock()
            return false
        }
        inside += 1
        condition.unlock()
        body()
        condition.lock()
        inside -= 1
        condition.broadcast()
        condition.unlock()
        return true
    }
}
