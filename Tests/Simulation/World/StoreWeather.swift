import CSimulation
import TestSupport

/// When the store fails, and how.
///
/// Sendable although it has no lock: only the simulating thread ever touches it.
final class StoreWeather: @unchecked Sendable {
    enum Kind: CaseIterable {
        case fair
        /// Some changes are refused, and not kept.
        case failsBefore
        /// Some changes are kept, and end in an error all the same.
        case failsAfter
        /// Every change is refused.
        case full
        /// Some calls take seconds.
        case slow
        /// Some calls, reads too, are refused.
        case failsReads
    }

    enum Fate { case well, failsBefore, failsAfter }

    private let executor: SimExecutor
    private(set) var kind = Kind.fair
    /// Somebody else holds a snapshot of the file: what was deleted cannot be purged from the log.
    var isRead = false
    private(set) var faults = 0
    private var visitor: UnsafeMutableRawPointer?
    private let filesBegan = sim_files_faults()

    var isFair: Bool { kind == .fair && !isRead }

    init(executor: SimExecutor) { self.executor = executor }

    func set(_ kind: Kind) { self.kind = kind }

    func clear() {
        kind = .fair
        leave()
    }

    /// Somebody comes to the store's file, or goes.
    /// - Parameter writes: whether they hold the lock for writing.
    func visit(_ path: String?, writes: Bool) {
        guard !isRead else { return leave() }
        isRead = true
        if let path { visitor = sim_visitor_open(path, writes ? 1 : 0) }
    }

    func leave() {
        isRead = false
        if let visitor { sim_visitor_close(visitor) }
        visitor = nil
    }

    // MARK: Files

    /// From now on the file layer fails: at a step of the call under way that chance decides.
    func strikeFiles(_ fate: Fate, changes: Bool) {
        guard fate != .well else { return }
        let step = CInt(1 + Fortune.random.random.below(8))
        let lasts: CInt = Fortune.random.random.happens(inThousand: 500) ? 1 : 0
        switch (fate, changes) {
        case (.failsAfter, _): sim_files_fail(0, 1 + step % 2, 0, 0, lasts)
        case (_, true): sim_files_fail(kind == .full ? 1 + step % 3 : step, 0, 0, kind == .full ? 1 : 0, kind == .full ? 1 : lasts)
        case (_, false): sim_files_fail(0, 0, step, 0, lasts)
        }
    }

    func spareFiles() { sim_files_calm() }

    /// How long a call waits for its turn; nanoseconds.
    func delay() -> UInt64 {
        if kind == .slow, Fortune.random.random.happens(inThousand: 300) {
            return Fortune.random.random.between(50 * millisecond, 3 * second)
        }
        return Fortune.random.random.between(20 * microsecond, 400 * microsecond)
    }

    /// Decides how a call will end.
    func fate(changes: Bool) -> Fate {
        let fate: Fate =
            switch kind {
            case .failsBefore where changes && Fortune.random.random.happens(inThousand: 400): .failsBefore
            case .failsAfter where changes && Fortune.random.random.happens(inThousand: 400): .failsAfter
            case .full where changes: .failsBefore
            case .failsReads where Fortune.random.random.happens(inThousand: 300): .failsBefore
            default: .well
            }
        if fate != .well { faults += 1 }
        return fate
    }
}
