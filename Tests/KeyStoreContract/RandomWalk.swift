internal import Cryptography
package import KeyHierarchy
package import TestSupport

/// Makes random changes that make sense to a store in memory, and remembers what they spoke of.
package final class RandomWalk {
    package let memory = InMemoryKeyStore()
    package private(set) var counts: [String: Int] = [:]
    private var random: SplitMix
    private var environments: [EnvironmentID: EnvironmentRecord] = [:]
    private var keys: [KeyID: EnvironmentID] = [:]
    private var erasures: [ErasureRecord] = []
    private var now: Int64 = 1_700_000_000
    private var isInDoubt = false

    package init(seed: UInt64) { random = SplitMix(state: seed) }

    /// Reads again what the store in memory has.
    package func learn() async throws {
        for id in environments.keys { environments[id] = try await memory.environment(id) }
        erasures = try await memory.openErasures()
    }

    package func next() throws -> RandomChange {
        now += Int64.random(in: 1...2000, using: &random)
        guard let environment = environments.values.sorted(by: { $0.identity.id < $1.identity.id }).randomElement(using: &random),
            environments.count > 2
        else { return try counted(create()) }
        let id = environment.identity.id
        let change: RandomChange =
            switch Int.random(in: 0..<106, using: &random) {
            case 0..<32: try insert(environment)
            case 32..<40: try adopt(environment)
            case 40..<55: RandomChange("move") { try await Self.moveSome($0, environment) }
            case 55..<62: apply("finish", .finishRepack, environment)
            case 62..<66: apply("cancel", .cancelRepack(at: WallTime(seconds: now)), environment)
            case 66..<72: sweep(id)
            case 72..<76: try setPending(environment)
            case 76..<81: try set(environment)
            case 81..<88: try beginErasure(environment)
            case 88..<94: eraseSome()
            case 94..<97: try finishErasure()
            case 97..<100: try rewrap(environment)
            case 100..<104: doubt()
            default: apply("delete", .delete, environment)
            }
        return counted(change)
    }

    /// Everything that can be asked, as one text.
    package func snapshot(of store: any KeyStore) async throws -> [String] {
        let hour = WallTime(seconds: now).hour.number
        return try await StorePicture(keys: keys, hours: hour - 2...hour + 2).lines(of: store)
    }

    private func counted(_ change: RandomChange) -> RandomChange {
        counts[change.name, default: 0] += 1
        return change
    }

    /// A change, now and then one that was decided on another revision.
    private func apply(_ name: String, _ change: EnvironmentChange, _ environment: EnvironmentRecord) -> RandomChange {
        let isStale = Int.random(in: 0..<12, using: &random) == 0
        let revision = isStale ? environment.revision.next : environment.revision
        return RandomChange(name) { store in
            let applied = try await store.apply(change, to: environment.identity.id, from: revision)
            return "\(applied.record.map(StorePicture.describe) ?? "gone") \(applied.isPurgeDue)"
        }
    }

    private func create() throws -> RandomChange {
        let environment = try Samples.environment("acme/e\(Int.random(in: 0..<5, using: &random))", options: [:])
        if !environments.values.contains(where: { $0.identity.name == environment.identity.name }) {
            environments[environment.identity.id] = environment
        }
        return RandomChange("create") {
            try await $0.create(environment)
            return "created"
        }
    }

    private func insert(_ environment: EnvironmentRecord) throws -> RandomChange {
        let hour = WallTime(seconds: now).hour.number + UInt32.random(in: 0...2, using: &random)
        let connection: ConnectionID = Bool.random(using: &random) ? "a" : "b"
        let version = UInt32.random(in: 1...3, using: &random)
        let purpose: KeyRecord.Purpose =
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1, 2: Samples.hourly(hour)
            case 3: .connection(connection, version: version)
            default: .log(version: version)
            }
        let versions = environment.versions.map(\.version.number)
        // Mostly as the hierarchy does: under the current version and the one before; now and then by one who knows nothing new.
        let under = Int.random(in: 0..<6, using: &random) == 0 ? [UInt32.random(in: 1...4, using: &random)] : Array(versions.prefix(2))
        let floor = Int.random(in: 0..<8, using: &random) == 0 ? UInt32.random(in: 1...4, using: &random) : environment.keyFloor.number
        let key = try Samples.key(
            purpose, of: environment.identity.id, under: under.sorted(), createdAt: WallTime(seconds: now), inDoubt: isInDoubt,
            floor: floor)
        keys[key.id] = environment.identity.id
        return RandomChange("insert") { store in StorePicture.describe(try await store.insert(key)) }
    }

    private func doubt() -> RandomChange {
        isInDoubt.toggle()
        guard !isInDoubt else { return RandomChange("doubt begins") { _ in "" } }
        return RandomChange("doubt ends") { [now] store in
            try await store.endDoubt(at: WallTime(seconds: now))
            return ""
        }
    }

    private func adopt(_ environment: EnvironmentRecord) throws -> RandomChange {
        let (number, previous) = (environment.newestVersion.number + 1, environment.environmentKey.version.number)
        let isReplacement = Bool.random(using: &random)
        var adoption =
            try isReplacement
            ? Samples.replacement(to: number, previous: previous) : Samples.rotation(of: environment, to: number, previous: previous)
        adoption.endsPending = Bool.random(using: &random)
        if isInDoubt { adoption.replacedAt?.doubt = Stamp.Doubt() }
        switch Int.random(in: 0..<6, using: &random) {
        case 0: adoption.environmentKey.generation = nil
        // One that was there before, perhaps.
        case 1: adoption.environmentKey.generation = Generation("g\(UInt32.random(in: 1...4, using: &random))")
        default: break
        }
        return apply(isReplacement ? "replace" : "rotate", .adopt(adoption), environment)
    }

    /// Half of what is left to move; the bytes follow from the key.
    private static func moveSome(_ store: any KeyStore, _ environment: EnvironmentRecord) async throws -> String {
        let (id, target) = (environment.identity.id, environment.repack?.target ?? .first)
        var items: [RepackBatch.Item] = []
        var cursor: KeyID?
        while true {
            let batch = try await store.repackBatch(of: id, to: target, after: cursor, limit: 3)
            guard let reached = batch.cursor else { break }
            items += batch.items
            cursor = reached
        }
        let moved = items.prefix((items.count + 1) / 2).map { MovedKey(key: $0.key, bytes: $0.key.bytes + [UInt8(target.number)]) }
        let record = try await store.move(moved, of: id, to: target, cursor: moved.last?.key)
        return "\(items.map { "\($0.key) \($0.kind) \($0.wraps.sorted { $0.version < $1.version })" }) \(record)"
    }

    private func sweep(_ id: EnvironmentID) -> RandomChange {
        let limit = Int.random(in: 1...9, using: &random)
        return RandomChange("sweep") { store in
            // Whether the last wraps were known to be the last is a store's own affair.
            _ = try await store.sweepRetired(of: id, limit: limit)
            return ""
        }
    }

    private func setPending(_ environment: EnvironmentRecord) throws -> RandomChange {
        var pending =
            Int.random(in: 0..<3, using: &random) == 0
            ? nil : PendingMainKey(try Samples.mainKey(), withoutOld: Bool.random(using: &random))
        if isInDoubt { pending?.record.createdAt.doubt = Stamp.Doubt() }
        return apply("pending", .setPending(pending), environment)
    }

    private func set(_ environment: EnvironmentRecord) throws -> RandomChange {
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            let number = environment.newestLock + UInt32.random(in: 0...2, using: &random)
            return apply(
                "lock", .lock(EnvironmentLock(number: number, at: WallTime(seconds: now), reason: "reason \(number)")), environment)
        case 1:
            return apply("unlock", .unlock(Set((0..<2).map { _ in UInt32.random(in: 1...6, using: &random) })), environment)
        case 2:
            return apply("retention", .setRetention(Retention(hours: Bool.random(using: &random) ? .seconds(now) : nil)), environment)
        case 3:
            return apply("pause", .setRepackState(Bool.random(using: &random) ? .running : .paused), environment)
        default:
            let mainKey = environment.mainKeys.randomElement(using: &random)?.id ?? environment.mainKey.id
            return apply("material", .setMaterial(Bool.random(using: &random) ? try Random.bytes(72) : nil, of: mainKey), environment)
        }
    }

    private func rewrap(_ environment: EnvironmentRecord) throws -> RandomChange {
        let key = try Samples.environmentKey(UInt32.random(in: 1...4, using: &random), under: environment.mainKey.id)
        return apply("rewrap", .rewrap(key), environment)
    }

    private func beginErasure(_ environment: EnvironmentRecord) throws -> RandomChange {
        let id = environment.identity.id
        let time = WallTime(seconds: now - Int64.random(in: -7200...20_000, using: &random))
        let subjects: [ErasureRecord.Subject] = [.before(time), .connection("a"), .logs(before: time)]
        let subject = subjects[Int.random(in: 0..<3, using: &random)]
        var erasure = try Samples.erasure(subject, of: id, startedAt: WallTime(seconds: now))
        // Now and then one that is open already.
        if Bool.random(using: &random), let open = erasures.randomElement(using: &random) { erasure.id = open.id }
        let begin = apply("begin erasure", .erase(erasure), environment)
        return RandomChange("begin erasure") { [erasure] store in
            "\(try await store.contents(of: id, under: subject)) \(try await begin.perform(store)) \(erasure.subject)"
        }
    }

    private func eraseSome() -> RandomChange {
        guard let erasure = erasures.randomElement(using: &random) else { return RandomChange("nothing to erase") { _ in "" } }
        let limit = Int.random(in: 1...3, using: &random)
        return RandomChange("erase") { [now] store in
            "\(try await store.eraseKeys(erasure.id, limit: limit, at: WallTime(seconds: now)))"
        }
    }

    private func finishErasure() throws -> RandomChange {
        guard let erasure = erasures.randomElement(using: &random) else { return RandomChange("nothing to erase") { _ in "" } }
        let receipt = try Samples.receipt(of: erasure)
        return RandomChange("receipt") { store in
            try await store.finishErasure(receipt)
            return
                "\(try await store.receipts(of: erasure.environment)) \(try await store.tombstones(of: erasure.id, after: nil, limit: 99))"
        }
    }
}

/// One change, and what a store answers to it.
package struct RandomChange {
    package let name: String
    let perform: (any KeyStore) async throws -> String

    init(_ name: String, perform: @escaping (any KeyStore) async throws -> String) {
        self.name = name
        self.perform = perform
    }

    package func run(on store: any KeyStore) async -> String {
        do { return try await perform(store) } catch let error as KeyStoreError {
            return "\(error.code) \(error.count.map(String.init) ?? "")"
        } catch { return "\(error)" }
    }
}

/// Steele, Lea and Flood's SplitMix64: the same changes for the same seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
