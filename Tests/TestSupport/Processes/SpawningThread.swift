import Foundation

/// The one thread that starts child processes, and that lives as long as the test process.
///
/// A child that asks for `PR_SET_PDEATHSIG` is killed when the *thread* that started it ends. The threads of Dispatch and of the
/// concurrency runtime come and go, so children are started from here only.
final class SpawningThread: Sendable {
    static let shared = SpawningThread()

    private let work = Guarded<[@Sendable () -> Void]>([])
    private let arrived = DispatchSemaphore(value: 0)

    private init() {
        let thread = Thread { [work, arrived] in
            while true {
                arrived.wait()
                work.with { $0.removeFirst() }()
            }
        }
        thread.name = "spawn"
        thread.start()
    }

    /// Runs `body` on the thread, and waits for it.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
        let answer = Guarded<Result<Value, any Error>?>(nil)
        let done = DispatchSemaphore(value: 0)
        work.with {
            $0.append {
                let result = Result(catching: body)
                answer.with { $0 = result }
                done.signal()
            }
        }
        arrived.signal()
        done.wait()
        guard let result = answer.with({ $0 }) else { throw ProcessFailure("the spawning thread gave no answer") }
        return try result.get()
    }
}
