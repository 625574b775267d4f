import CSimulation
import Glibc
import KeyHierarchy
import Keyring
import SQLiteStore
import TestSupport

/// What outlives the daemon: its root key, and the store as it was committed.
///
/// Sendable although it has no lock: only the simulating thread ever touches it.
final class DaemonBase: @unchecked Sendable {
    enum Kind: String { case memory, sqlite }

    let kind: Kind
    let root: RootKey
    private let memory = InMemoryKeyStore()
    private let directory: String
    private var box: StoreBox?

    init(_ kind: Kind) throws {
        self.kind = kind
        root = try RootKey.random()
        directory = "/dev/shm/ekm-simulation-\(getpid())"
        guard kind == .sqlite else { return }
        sim_files_install()
        sim_files_begin()
        removeFiles()
    }

    /// The store, for one life of the daemon.
    /// - Throws: `KeyStoreError` where it cannot be opened.
    func open(now: WallTime) throws -> StoreBox {
        let store: any KeyStore & ClockLedger =
            switch kind {
            case .memory: memory
            case .sqlite: try SQLiteStore.open(in: directory, rootKey: root, now: now)
            }
        let box = StoreBox(store)
        self.box = box
        return box
    }

    var database: String { directory + "/store.sqlite" }

    /// Nothing that the process still does reaches the disk.
    func kill() {
        if kind == .sqlite { sim_files_die(0) }
    }

    /// The process ends just before so many more writes.
    func kill(afterWrites writes: Int) {
        if kind == .sqlite { sim_files_die(CInt(writes)) }
    }

    var isKilled: Bool { kind == .sqlite && sim_files_are_dead() != 0 }

    /// After ``kill()``, and once all tasks of the process have ended.
    /// - Parameter powerCut: how much of what the disk had not synchronised stays; nil where the machine goes on.
    func bury(powerCut: UInt64? = nil) {
        guard kind == .sqlite else { return }
        box?.close()
        box = nil
        sim_files_calm()
        sim_files_live()
        if let powerCut { sim_files_cut_power(powerCut) }
    }

    /// Nobody needs it any more.
    func end() {
        kill()
        bury()
        if kind == .sqlite { removeFiles() }
    }

    private func removeFiles() {
        for file in ["store.sqlite", "store.sqlite.new"].flatMap({ [$0, $0 + "-wal", $0 + "-shm"] }) + ["lock"] {
            unlink(directory + "/" + file)
        }
        rmdir(directory)
    }
}

/// A store that a life of the daemon has open.
///
/// Sendable although it has no lock: only the simulating thread ever touches it.
final class StoreBox: @unchecked Sendable {
    private(set) var store: (any KeyStore & ClockLedger)?
    /// Calls under way: SQLite's pool has so many readers, and would block the only thread for more.
    var calls = 0

    init(_ store: any KeyStore & ClockLedger) { self.store = store }

    fileprivate func close() {
        try? (store as? SQLiteStore)?.close()
        store = nil
    }
}

/// What is around the daemon.
struct DaemonWorld {
    let executor: SimExecutor
    let clocks: SimClocks
    let kms: SimKMS
    let weather: StoreWeather
}

/// What an operator may set.
struct DaemonSettings: Hashable {
    var timeToLive: UInt64 = 300
    var purges = false
    /// Keys per second that all repacks together may move.
    var repackRate = 1_000_000
}

extension KeyringSettings {
    init(_ settings: DaemonSettings) {
        self.init(
            timeToLive: .seconds(Int64(settings.timeToLive)), onRestriction: settings.purges ? .purge : .expire,
            repackRate: settings.repackRate)
    }
}
