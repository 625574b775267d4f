internal import KeyHierarchy

/// An environment's plaintext keys; guarded by its `LiveEnvironment`.
struct KeyCache {
    /// By version; the current one's deadline governs all others.
    private(set) var environmentKeys: [EnvironmentKeyVersion: EnvironmentKey] = [:]
    var keys: [KeyID: CachedKey] = [:]
    /// Those that encrypt, each in its hour: this one's, and one that was made ahead.
    private(set) var hours: [Hour: CachedKey] = [:]
    var connections: [ConnectionID: CachedKey] = [:]
    var log: CachedKey?
    /// The current hour's data keys, by job.
    var dataKeys: [JobDigest: CachedKey] = [:]
    /// Data keys that were unwrapped out of ciphertexts, by the first 16 bytes of their wrap (random).
    var openedDataKeys: [KeyID: CachedKey] = [:]
    private var erased = RecentlyErased()
    /// How many erasures have begun.
    private(set) var erasures = 0

    /// All of them, but for environment keys.
    var all: [CachedKey] { Array(keys.values) + Array(dataKeys.values) + Array(openedDataKeys.values) }

    func isErased(_ key: KeyID) -> Bool { erased.contains(key) }

    /// The key that encrypts in `hour`. Those of hours before `now` are forgotten: a clock that goes back is not to find them here.
    mutating func setHour(_ hour: Hour, _ key: CachedKey, now: Hour) {
        hours = hours.filter { $0.key >= now && $0.key.number <= now.number + 1 }
        hours[hour] = key
    }

    mutating func keep(_ key: EnvironmentKey) { environmentKeys[key.version] = key }

    // MARK: Taking out, for the caller to wipe outside the lock

    struct Taken {
        var environmentKeys: [EnvironmentKey] = []
        var keys: [CachedKey] = []

        var isEmpty: Bool { environmentKeys.isEmpty && keys.isEmpty }

        func wipe() {
            for key in environmentKeys { key.wipe() }
            for key in keys { key.wipe() }
        }

        static func += (a: inout Self, b: Self) {
            a.environmentKeys += b.environmentKeys
            a.keys += b.keys
        }
    }

    mutating func takeAll() -> Taken {
        let taken = Taken(environmentKeys: Array(environmentKeys.values), keys: all)
        let (erased, erasures) = (erased, erasures)
        self = KeyCache()
        self.erased = erased
        self.erasures = erasures
        return taken
    }

    /// Some versions, with every key that was unwrapped with them.
    mutating func take(versions: Set<EnvironmentKeyVersion>) -> Taken {
        let over = versions.compactMap { environmentKeys.removeValue(forKey: $0) }
        let gone = all.filter { key in over.contains { $0 === key.gate } }
        for key in gone { remove(key) }
        return Taken(environmentKeys: over, keys: gone)
    }

    /// Erased keys, and the data keys under them; a copy of one that is still being fetched is not kept when it comes.
    mutating func take(erased ids: Set<KeyID>, at now: BootInstant) -> Taken {
        erased.insert(ids, at: now)
        let gone = all.filter { ids.contains($0.id) }
        for key in gone { remove(key) }
        return Taken(keys: gone)
    }

    /// What an erasure that has begun may take: which keys it does take, the store says to who fetches one.
    mutating func take(doomed subject: ErasureRecord.Subject) -> Taken {
        erasures += 1
        let gone = all.filter { key in
            switch subject {
            case .before(let time): key.hour.map { $0.start.advanced(by: .seconds(3600)) <= time } ?? false
            case .connection(let id): key.connection == id
            case .logs: key.kind == .log
            }
        }
        for key in gone { remove(key) }
        return Taken(keys: gone)
    }

    /// No key that is in memory encrypts any more; they go on decrypting. Data keys, which only encrypt, go.
    mutating func takeEncrypting() -> Taken {
        let gone = Array(dataKeys.values)
        dataKeys = [:]
        hours = [:]
        connections = [:]
        log = nil
        return Taken(keys: gone)
    }

    /// Forgets a key that is about to be wiped.
    mutating func remove(_ key: CachedKey) {
        if keys[key.id] === key { keys[key.id] = nil }
        if let hour = key.hour, hours[hour] === key { hours[hour] = nil }
        if log === key { log = nil }
        if let connection = key.connection, connections[connection] === key { connections[connection] = nil }
        guard key.kind == .data else { return }
        for (job, held) in dataKeys where held === key { dataKeys[job] = nil }
        for (id, held) in openedDataKeys where held === key { openedDataKeys[id] = nil }
    }

    /// At the limit, takes the least recently used quarter out.
    static func evict<Name>(_ keys: inout [Name: CachedKey], limit: Int) -> [CachedKey] {
        guard keys.count >= limit else { return [] }
        let oldest = keys.sorted { $0.value.lastUse < $1.value.lastUse }.prefix(limit / 4 + 1)
        for (name, _) in oldest { keys[name] = nil }
        return oldest.map(\.value)
    }
}

/// Keys that were erased lately: what was read of them before must not be kept after. No fetch takes longer than one span.
private struct RecentlyErased {
    private static let span = Duration.seconds(300)

    private var current: Set<KeyID> = []
    private var before: Set<KeyID> = []
    private var since = BootInstant(nanoseconds: 0)

    func contains(_ key: KeyID) -> Bool { current.contains(key) || before.contains(key) }

    mutating func insert(_ keys: Set<KeyID>, at now: BootInstant) {
        if now >= since.advanced(by: Self.span) {
            before = now >= since.advanced(by: Self.span * 2) ? [] : current
            current = []
            since = now
        }
        current.formUnion(keys)
    }
}
