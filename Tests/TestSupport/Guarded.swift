import Foundation

/// A value behind a lock that ThreadSanitizer understands.
package final class Guarded<Value>: @unchecked Sendable {
    // Unchecked: `value` is reached under `lock` only.
    private let lock = NSLock()
    private var value: Value

    package init(_ value: sending Value) {
        self.value = value
    }

    package func with<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}
