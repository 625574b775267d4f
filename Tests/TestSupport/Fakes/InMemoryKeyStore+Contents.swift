internal import KeyHierarchy

extension InMemoryKeyStore {
    /// Everything that the store remembers. Stamps are kept without the ends of their doubts.
    struct Contents: Sendable {
        var environments: [EnvironmentID: Environment] = [:]
        var names: [EnvironmentName: EnvironmentID] = [:]
        /// In the order of the changes; entries that a later one of the same environment made void stay for a while.
        var feed: [FeedEntry] = []
        var lastChange: [EnvironmentID: UInt64] = [:]
        var changes: UInt64 = 0
        var erasures: [ErasureID: Erasure] = [:]
        var receipts: [EnvironmentID: [SignedReceipt]] = [:]
        var receiptsByErasure: [ErasureID: SignedReceipt] = [:]
        var tick: ClockTick?
        /// When each doubt ended, from number 1.
        var doubts: [WallTime?] = []

        /// An erasure without its receipt.
        struct Erasure: Sendable {
            var record: ErasureRecord
            /// What it is still to take, by id.
            var keys: [KeyID] = []
        }

        var openDoubt: UInt32? { doubts.last.flatMap { $0 == nil ? UInt32(doubts.count) : nil } }

        func resolved(_ stamp: Stamp) -> Stamp {
            guard let number = stamp.doubt?.number, number > 0, number <= doubts.count else { return stamp }
            return Stamp(stamp.time, doubt: Stamp.Doubt(number: number, endedAt: doubts[Int(number) - 1]))
        }

        mutating func numbered(_ stamp: Stamp) -> Stamp {
            guard let doubt = stamp.doubt else { return stamp }
            guard doubt.number == 0 else { return Stamp(stamp.time, doubt: Stamp.Doubt(number: doubt.number)) }
            if openDoubt == nil { doubts.append(nil) }
            return Stamp(stamp.time, doubt: Stamp.Doubt(number: UInt32(doubts.count)))
        }

        mutating func numbered(_ record: MainKeyRecord) -> MainKeyRecord {
            var record = record
            record.createdAt = numbered(record.createdAt)
            return record
        }

        func resolved(_ record: EnvironmentRecord) -> EnvironmentRecord {
            var record = record
            record.replacedAt = record.replacedAt.map(resolved)
            record.mainKey.createdAt = resolved(record.mainKey.createdAt)
            if let pending = record.pending { record.pending?.record.createdAt = resolved(pending.record.createdAt) }
            for place in record.formerMainKeys.indices {
                record.formerMainKeys[place].createdAt = resolved(record.formerMainKeys[place].createdAt)
            }
            return record
        }

        /// A key as it is given out: without its wraps of retired versions.
        func visible(_ key: KeyRecord, in environment: Environment) -> KeyRecord {
            var key = key
            key.createdAt = resolved(key.createdAt)
            key.isDoomed = erasures.values.contains { $0.keys.contains(key.id) }
            if !environment.retired.isEmpty { key.wraps.removeAll { environment.retired.contains($0.version) } }
            return key
        }

        func visible(_ id: KeyID?, in environment: Environment?) -> KeyRecord? {
            guard let id, let environment, let key = environment.keys[id] else { return nil }
            return visible(key, in: environment)
        }

        /// Puts an environment at the end of the feed.
        mutating func tell(_ environment: EnvironmentID, _ revision: Revision?) {
            changes += 1
            feed.append(FeedEntry(number: changes, environment: environment, revision: revision))
            lastChange[environment] = changes
            guard feed.count > 2 * lastChange.count + 64 else { return }
            feed.removeAll { [lastChange] in lastChange[$0.environment] != $0.number }
        }

        mutating func delete(_ id: EnvironmentID) {
            guard let environment = environments.removeValue(forKey: id) else { return }
            names[environment.record.identity.name] = nil
            erasures = erasures.filter { $0.value.record.environment != id }
            tell(id, nil)
        }
    }

    /// What is kept of one environment, each thing found without a search.
    struct Environment: Sendable {
        struct MainKeyGeneration: Hashable, Sendable {
            let mainKey: MainKeyID
            let generation: Generation
        }

        var record: EnvironmentRecord
        /// Versions that a repack has retired, and whose wraps are still to be swept.
        var retired: Set<EnvironmentKeyVersion> = []
        /// Up to where they were swept.
        var sweptTo = 0
        /// Those that the environment's key was ever made under.
        var generations: Set<MainKeyGeneration> = []
        private(set) var keys: [KeyID: KeyRecord] = [:]
        /// The ids of the keys, in their order.
        private(set) var ids: [KeyID] = []
        private(set) var hours: [Hour: [KeyID]] = [:]
        private(set) var connections: [ConnectionID: [UInt32: KeyID]] = [:]
        private(set) var logs: [UInt32: KeyID] = [:]
        /// How many wraps there are under each version.
        private(set) var census: [EnvironmentKeyVersion: Int] = [:]
        var tombstones: [KeyID: Tombstone] = [:]

        init(_ record: EnvironmentRecord) {
            self.record = record
            for key in record.versions { remember(key) }
        }

        mutating func remember(_ key: EnvironmentKeyRecord) {
            guard let generation = key.generation else { return }
            generations.insert(MainKeyGeneration(mainKey: key.mainKey, generation: generation))
        }

        func knows(_ key: EnvironmentKeyRecord) -> Bool {
            key.generation.map { generations.contains(MainKeyGeneration(mainKey: key.mainKey, generation: $0)) } ?? false
        }

        // MARK: Keys

        mutating func add(_ key: KeyRecord) {
            keys[key.id] = key
            ids.insert(key.id, at: place(after: key.id, orAt: true))
            for wrap in key.wraps { census[wrap.version, default: 0] += 1 }
            switch key.purpose {
            case .hourly(let hour): hours[hour, default: []].append(key.id)
            case .connection(let connection, let version): connections[connection, default: [:]][version] = key.id
            case .log(let version): logs[version] = key.id
            }
        }

        mutating func remove(_ id: KeyID) -> KeyRecord? {
            guard let key = keys.removeValue(forKey: id) else { return nil }
            let place = place(after: id, orAt: true)
            ids.remove(at: place)
            if place < sweptTo { sweptTo -= 1 }
            for wrap in key.wraps { census[wrap.version, default: 0] -= 1 }
            switch key.purpose {
            case .hourly(let hour):
                hours[hour]?.removeAll { $0 == id }
                if hours[hour]?.isEmpty ?? false { hours[hour] = nil }
            case .connection(let connection, let version):
                connections[connection]?[version] = nil
                if connections[connection]?.isEmpty ?? false { connections[connection] = nil }
            case .log(let version): logs[version] = nil
            }
            return key
        }

        /// Where in ``ids`` the first one behind an id stands, or that id itself.
        func place(after id: KeyID, orAt: Bool = false) -> Int {
            var (low, high) = (0, ids.count)
            while low < high {
                let middle = (low + high) / 2
                if ids[middle] < id || !orAt && ids[middle] == id { low = middle + 1 } else { high = middle }
            }
            return low
        }

        /// - Returns: whether the key had none yet.
        mutating func addWrap(_ wrap: Wrap, to id: KeyID) -> Bool {
            guard let key = keys[id], !key.wraps.contains(where: { $0.version == wrap.version }) else { return false }
            keys[id]?.wraps.append(wrap)
            census[wrap.version, default: 0] += 1
            return true
        }

        /// - Returns: how many went.
        mutating func sweepWraps(of id: KeyID, atMost limit: Int) -> Int {
            let gone = (keys[id]?.wraps ?? []).filter { retired.contains($0.version) }.prefix(limit).map(\.version)
            guard !gone.isEmpty else { return 0 }
            keys[id]?.wraps.removeAll { gone.contains($0.version) }
            for version in gone { census[version, default: 0] -= 1 }
            return gone.count
        }

        /// The key that encrypts in an hour, among those that were made in one doubt, or in none.
        func hourlyKey(for hour: Hour, floor: EnvironmentKeyVersion, doubt: UInt32?) -> KeyID? {
            (hours[hour] ?? []).compactMap { keys[$0] }.filter { $0.born >= floor && $0.createdAt.doubt?.number == doubt }
                .max { $0.floor < $1.floor }?.id
        }

        /// How many keys have no wrap under a version.
        func keysWithout(_ version: EnvironmentKeyVersion) -> Int {
            if census[version] ?? 0 == keys.count { return 0 }
            return keys.values.count { key in !key.wraps.contains { $0.version == version } }
        }

        mutating func retire(_ versions: [EnvironmentKeyVersion]) {
            guard !versions.isEmpty else { return }
            retired.formUnion(versions)
            sweptTo = 0
        }

        var contents: EnvironmentContents {
            EnvironmentContents(
                hourlyKeys: keys.count - connectionKeys - logs.count, connectionKeys: connectionKeys, logKeys: logs.count,
                firstHour: hours.keys.min(), lastHour: hours.keys.max())
        }

        private var connectionKeys: Int { connections.values.reduce(0) { $0 + $1.count } }
    }
}

extension KeyStoreError {
    static let noEnvironment = Self(.missing, "There is no such environment.", remedy: "")
    static let noRepack = Self(.missing, "There is no such repack.", remedy: "")
    static let noMainKey = Self(.missing, "There is no such main key.", remedy: "")
    static let noVersion = Self(.missing, "There is no such version of the environment's key.", remedy: "")
    static let noErasure = Self(.missing, "There is no such erasure under way.", remedy: "")
    static let foreignErasure = Self(.failed, "That is another erasure.", remedy: "")
    static func wouldLose(_ keys: Int) -> Self { Self(.wouldLose, "\(keys) keys would be left without a wrap.", remedy: "", count: keys) }
}

extension EnvironmentContents {
    init(counting keys: some Sequence<KeyRecord>) {
        var contents = EnvironmentContents()
        for key in keys {
            switch key.purpose {
            case .hourly(let hour):
                contents.hourlyKeys += 1
                contents.firstHour = min(contents.firstHour ?? hour, hour)
                contents.lastHour = max(contents.lastHour ?? hour, hour)
            case .connection: contents.connectionKeys += 1
            case .log: contents.logKeys += 1
            }
        }
        self = contents
    }
}
