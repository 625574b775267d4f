import Bedrock
import Dispatch
import Logging
import SQLiteStore

/// Has the store look every second whether its files are where they were and its disk takes anything, and tells the operator what it
/// found. On a queue of its own, because a disk may hang.
final class StoreWatch: Sendable {
    private static let period = DispatchTimeInterval.seconds(1)

    private let store: SQLiteStore
    private let warnings: DaemonWarnings
    private let changes: StatusChanges
    private let logger: Logger
    private let queue = DispatchQueue(label: "ekmd.store-watch", qos: .utility)
    private let told = Lock<StoreTrouble?>(nil)
    private let isRunning = Lock(false)

    init(_ store: SQLiteStore, warnings: DaemonWarnings, changes: StatusChanges, logger: Logger) {
        self.store = store
        self.warnings = warnings
        self.changes = changes
        self.logger = logger
        tell(store.trouble)
    }

    func start() {
        isRunning.withLock { $0 = true }
        next()
    }

    func stop() { isRunning.withLock { $0 = false } }

    /// A few words for the status line; nil where all is well.
    var summary: String? { told.withLock { $0?.summary } }

    private func next() {
        queue.asyncAfter(deadline: .now() + Self.period) { [weak self] in
            guard let self, isRunning.withLock({ $0 }) else { return }
            store.look()
            tell(store.trouble)
            next()
        }
    }

    private func tell(_ trouble: StoreTrouble?) {
        let before = told.withLock { told in
            defer { told = trouble }
            return told
        }
        guard trouble != before else { return }
        if let trouble {
            logger.error("\(trouble.message) \(trouble.remedy)")
        } else {
            logger.notice("the key store keeps what is new again")
        }
        warnings.set(.store, trouble.map { ["\($0.message) \($0.remedy)"] } ?? [])
        changes.note()
    }
}
