@_spi(ExperimentalCustomExecutors) @_spi(ExperimentalScheduling) import _Concurrency

/// Gives all of the process's tasks to the ``SimExecutor``. Works in an executable only, before its first task.
struct SimExecutorFactory: ExecutorFactory {
    static let main = SimMainExecutor()

    static var mainExecutor: any MainExecutor { main }
    static var defaultExecutor: any TaskExecutor { SimExecutor.shared }

    static func install() { _createExecutors(factory: Self.self) }
}

/// The main actor's, whose jobs are like all others.
final class SimMainExecutor: MainExecutor, @unchecked Sendable {
    func run() throws { preconditionFailure("the simulation drives itself") }

    func stop() {}

    func enqueue(_ job: consuming ExecutorJob) { SimExecutor.shared.enqueue(job) }

    func checkIsolated() {}
}
