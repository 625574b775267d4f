import Bedrock
import Dispatch

/// The bridge from the main thread, which may wait, to what is asynchronous.
enum Blocking {
    /// Runs to the end, and gives what it gave.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
        let done = DispatchSemaphore(value: 0)
        let result = Lock<Value?>(nil)
        Task {
            let value = await body()
            result.withLock { $0 = value }
            done.signal()
        }
        while true {
            done.wait()
            if let value = result.withLock({ $0 }) { return value }
        }
    }

    /// Whether it ran to the end in this time; it may run on if it did not.
    static func run(within time: Duration, _ body: @escaping @Sendable () async -> Void) -> Bool {
        let done = DispatchSemaphore(value: 0)
        Task {
            await body()
            done.signal()
        }
        let (seconds, attoseconds) = time.components
        return done.wait(timeout: .now() + .milliseconds(Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))) == .success
    }
}
