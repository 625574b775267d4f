/// What is known of an environment right now; guarded by its `LiveEnvironment`.
struct EnvironmentState {
    var record: EnvironmentRecord
    var isDeleted = false
    /// Counts what makes an answer that is under way worthless, whichever main key gave it: a wipe, a lock, a deletion.
    var revision: UInt64 = 0
    /// By main key: the one in force, and those that keys still hang under.
    var lives: [MainKeyID: MainKeyLife] = [:]

    /// By version; the current one's deadline governs all others.
    var environmentKeys: [EnvironmentKeyVersion: EnvironmentKey] = [:]
    var keys: [KeyID: CachedKey] = [:]
    var activeHourly: CachedKey?
    /// Made ahead for the next hour.
    var upcomingHourly: CachedKey?
    var connections: [String: CachedKey] = [:]
    var log: CachedKey?
    /// The current hour's data keys, by job.
    var dataKeys: [JobDigest: CachedKey] = [:]
    /// Data keys that were unwrapped out of ciphertexts, by the first 16 bytes of their wrap (random).
    var openedDataKeys: [KeyID: CachedKey] = [:]
    var flights: [Need: Flight] = [:]
    /// Keys that were erased while this daemon ran: what was read of them before must not be kept after.
    var erased: Set<KeyID> = []
    /// The erased keys of the span before; no fetch takes longer than two spans.
    private var erasedBefore: Set<KeyID> = []
    private var erasedSpan = BootInstant(nanoseconds: 0)
    private static let erasedSpan = Duration.seconds(300)
    /// What was warned of last, so that it is not said again and again.
    var warned: String?
    var repackProgress = RepackProgress()
    var pendingAnswer: VerdictRecord?

    init(record: EnvironmentRecord) { self.record = record }

    func isErased(_ key: KeyID) -> Bool { erased.contains(key) || erasedBefore.contains(key) }

    mutating func forgetErased(at now: BootInstant) {
        guard now >= erasedSpan.advanced(by: Self.erasedSpan) else { return }
        erasedBefore = erased
        erased = []
        erasedSpan = now
    }

    /// Of the main key in force.
    var life: MainKeyLife {
        get { lives[record.mainKey.id] ?? MainKeyLife() }
        set { lives[record.mainKey.id] = newValue }
    }

    var currentKey: EnvironmentKey? { environmentKeys[record.environmentKey.version] }

    /// Takes out every plaintext key, for the caller to wipe outside the lock.
    mutating func takeKeys() -> ([EnvironmentKey], [CachedKey]) {
        let taken = Array(keys.values) + Array(dataKeys.values) + Array(openedDataKeys.values)
        let environmentKeys = Array(environmentKeys.values)
        self.environmentKeys = [:]
        activeHourly = nil
        upcomingHourly = nil
        log = nil
        keys = [:]
        connections = [:]
        dataKeys = [:]
        openedDataKeys = [:]
        return (environmentKeys, taken)
    }

    /// Forgets a key that is about to be wiped to make room.
    mutating func remove(_ key: CachedKey) {
        keys[key.id] = keys[key.id] === key ? nil : keys[key.id]
        if activeHourly === key { activeHourly = nil }
        if upcomingHourly === key { upcomingHourly = nil }
        if log === key { log = nil }
        if let connection = key.connection, connections[connection] === key { connections[connection] = nil }
        guard key.kind == .data else { return }
        for (job, held) in dataKeys where held === key { dataKeys[job] = nil }
        for (id, held) in openedDataKeys where held === key { openedDataKeys[id] = nil }
    }

    /// Takes out the versions that `isOver` names, with every key that was unwrapped with them.
    mutating func takeKeys(of isOver: (EnvironmentKey) -> Bool) -> ([EnvironmentKey], [CachedKey]) {
        let over = environmentKeys.values.filter(isOver)
        guard !over.isEmpty else { return ([], []) }
        for key in over { environmentKeys[key.version] = nil }
        let all = Array(keys.values) + Array(dataKeys.values) + Array(openedDataKeys.values)
        let taken = all.filter { key in over.contains { $0 === key.gate } }
        for key in taken { remove(key) }
        return (over, taken)
    }

    /// No key that is in memory encrypts any more; they go on decrypting. Data keys, which only encrypt, are for the caller to wipe.
    mutating func retireForEncryption() -> [CachedKey] {
        let taken = Array(dataKeys.values)
        dataKeys = [:]
        activeHourly = nil
        upcomingHourly = nil
        connections = [:]
        log = nil
        return taken
    }
}
