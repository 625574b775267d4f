/// What is known of an environment right now; guarded by its `LiveEnvironment`.
struct EnvironmentState {
    /// A refusal that is repeated from memory until it is worth asking again.
    struct Failure {
        var error: HierarchyError
        var retryAt: BootInstant
        var attempts: Int
    }

    var record: EnvironmentRecord
    var isDeleted = false
    /// Counts what makes an answer that is under way worthless: a wiping verdict, a lock, a deletion.
    var revision: UInt64 = 0
    var provedAt: WallTime?
    var verdict: VerdictRecord?
    var failure: Failure?

    var environmentKey: EnvironmentKey?
    var keys: [KeyID: CachedKey] = [:]
    var activeHourly: CachedKey?
    var connections: [String: CachedKey] = [:]
    var log: CachedKey?
    /// The current hour's data keys, by job.
    var dataKeys: [JobDigest: CachedKey] = [:]
    /// Data keys that were unwrapped out of ciphertexts, by the first 16 bytes of their wrap (random).
    var openedDataKeys: [KeyID: CachedKey] = [:]
    var flights: [Need: Flight] = [:]

    init(record: EnvironmentRecord) { self.record = record }

    /// Takes out every plaintext key, for the caller to wipe outside the lock.
    mutating func takeKeys() -> (EnvironmentKey?, [CachedKey]) {
        let taken = Array(keys.values) + Array(dataKeys.values) + Array(openedDataKeys.values)
        let environmentKey = environmentKey
        self.environmentKey = nil
        activeHourly = nil
        log = nil
        keys = [:]
        connections = [:]
        dataKeys = [:]
        openedDataKeys = [:]
        return (environmentKey, taken)
    }

    /// Forgets a key that is about to be wiped to make room.
    mutating func remove(_ key: CachedKey) {
        keys[key.id] = keys[key.id] === key ? nil : keys[key.id]
        if activeHourly === key { activeHourly = nil }
        if log === key { log = nil }
        if let connection = key.connection, connections[connection] === key { connections[connection] = nil }
        guard key.kind == .data else { return }
        for (job, held) in dataKeys where held === key { dataKeys[job] = nil }
        for (id, held) in openedDataKeys where held === key { openedDataKeys[id] = nil }
    }
}
