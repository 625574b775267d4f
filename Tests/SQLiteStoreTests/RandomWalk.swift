import Cryptography
import KeyHierarchy
import TestSupport

/// Makes random changes that make sense to a store in memory, and remembers what they spoke of.
final class RandomWalk {
    let memory = InMemoryKeyStore()
    private(set) var counts: [String: Int] = [:]
    private var random: SplitMix
    private var environments: [EnvironmentID: EnvironmentRecord] = [:]
    private var keys: [KeyID: EnvironmentID] = [:]
    private var erasures: [ErasureRecord] = []
    private var now: Int64 = 1_700_000_000

    init(seed: UInt64) { random = SplitMix(state: seed) }

    /// Reads again what the store in memory has.
    func learn() async throws {
        for id in environments.keys { environments[id] = try await memory.environment(id) ?? environments[id] }
        erasures = try await memory.openErasures()
    }

    func next() throws -> RandomChange {
        now += Int64.random(in: 1...2000, using: &random)
        guard let environment = environments.values.sorted(by: { $0.identity.id < $1.identity.id }).randomElement(using: &random),
            environments.count > 2
        else { return try counted(create()) }
        let id = environment.identity.id
        let change: RandomChange =
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<30: try insert(environment)
            case 30..<36: activate()
            case 36..<42: try adopt(environment)
            case 42..<56: RandomChange(name: "move") { try await Self.moveSome($0, environment) }
            case 56..<64: RandomChange(name: "finish") { store in "\(try await store.finishRepack(of: id))" }
            case 64..<67: RandomChange(name: "cancel") { [now] in "\(try await $0.cancelRepack(of: id, at: WallTime(seconds: now)))" }
            case 67..<73: sweep(id)
            case 73..<77: try setPending(environment)
            case 77..<80: try set(environment)
            case 80..<86: try beginErasure(id)
            case 86..<92: eraseSome()
            case 92..<95: try finishErasure()
            case 95..<98: try rewrap(environment)
            default:
                RandomChange(name: "delete") {
                    try await $0.delete(id)
                    return "deleted"
                }
            }
        if change.name == "delete" { environments[id] = nil }
        return counted(change)
    }

    /// Everything that can be asked, as one text.
    func snapshot(of store: any KeyStore) async throws -> [String] {
        var lines: [String] = []
        for record in try await store.environments() {
            let id = record.identity.id
            lines.append(describe(record))
            lines.append("census \(try await store.overview(of: id)?.census ?? []), \(try await store.contents(of: id))")
            lines.append("active \(Self.describe(try await store.activeHourlyKey(of: id)))")
            lines.append("log \(Self.describe(try await store.logKey(of: id)))")
            for connection in ["a", "b"] {
                lines.append("connection \(Self.describe(try await store.connectionKey(connection, of: id)))")
            }
        }
        for (key, environment) in keys.sorted(by: { $0.key < $1.key }) {
            lines.append("\(Self.describe(try await store.key(key, of: environment)))")
            lines.append("\(String(describing: try await store.tombstone(of: key, in: environment)))")
        }
        lines.append("\(try await store.openErasures())")
        return lines
    }

    private func counted(_ change: RandomChange) -> RandomChange {
        counts[change.name, default: 0] += 1
        return change
    }

    private func create() throws -> RandomChange {
        let environment = try Samples.environment("acme/e\(Int.random(in: 0..<5, using: &random))", options: [:])
        if !environments.values.contains(where: { $0.identity.name == environment.identity.name }) {
            environments[environment.identity.id] = environment
        }
        return RandomChange(name: "create") {
            try await $0.create(environment)
            return "created"
        }
    }

    private func insert(_ environment: EnvironmentRecord) throws -> RandomChange {
        let hour = WallTime(seconds: now).hour.number + UInt32.random(in: 0...2, using: &random)
        let connection = Bool.random(using: &random) ? "a" : "b"
        let version = UInt32.random(in: 1...3, using: &random)
        let purpose: KeyRecord.Purpose =
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1: Samples.hourly(hour)
            case 2: Samples.hourly(hour, .upcoming)
            case 3: .connection(connection, version: version)
            default: .log(version: version)
            }
        let versions = ([environment.environmentKey] + environment.olderEnvironmentKeys).map(\.version.number)
        // Mostly as the hierarchy does: under the current version and the one before; now and then by one who knows nothing new.
        let under = Int.random(in: 0..<6, using: &random) == 0 ? [UInt32.random(in: 1...4, using: &random)] : Array(versions.prefix(2))
        let key = try Samples.key(
            purpose, of: environment.identity.id, under: under.sorted(), createdAt: WallTime(seconds: now))
        keys[key.id] = environment.identity.id
        return RandomChange(name: "insert") { store in Self.describe(try await store.insert(key)) }
    }

    private func activate() -> RandomChange {
        guard let (key, environment) = keys.sorted(by: { $0.key < $1.key }).randomElement(using: &random) else {
            return RandomChange(name: "activate") { _ in "" }
        }
        return RandomChange(name: "activate") {
            try await $0.activateHourlyKey(key, of: environment)
            return ""
        }
    }

    private func adopt(_ environment: EnvironmentRecord) throws -> RandomChange {
        let (number, previous) = (environment.newestVersion.number + 1, environment.environmentKey.version.number)
        let isReplacement = Bool.random(using: &random)
        let adoption =
            try isReplacement
            ? Samples.replacement(to: number, previous: previous) : Samples.rotation(of: environment, to: number, previous: previous)
        return RandomChange(name: isReplacement ? "replace" : "rotate") {
            try await $0.adopt(adoption, of: environment.identity.id)
            return ""
        }
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
        return RandomChange(name: "sweep") { store in
            // Whether the last wraps were known to be the last is a store's own affair.
            _ = try await store.sweepRetired(of: id, limit: limit)
            return ""
        }
    }

    private func setPending(_ environment: EnvironmentRecord) throws -> RandomChange {
        let mainKey = Int.random(in: 0..<3, using: &random) == 0 ? nil : try Samples.mainKey()
        return RandomChange(name: "pending") {
            try await $0.setPending(mainKey, of: environment.identity.id)
            return ""
        }
    }

    private func set(_ environment: EnvironmentRecord) throws -> RandomChange {
        let lock = Bool.random(using: &random) ? EnvironmentLock(at: WallTime(seconds: now), reason: "r") : nil
        let retention = Retention(hours: Bool.random(using: &random) ? .seconds(now) : nil)
        let material = Bool.random(using: &random) ? try Random.bytes(72) : nil
        return RandomChange(name: "set") { store in
            try await store.setLock(lock, of: environment.identity.id)
            try await store.setRetention(retention, of: environment.identity.id)
            try await store.setMaterial(material, of: environment.mainKey.id, in: environment.identity.id)
            return ""
        }
    }

    private func rewrap(_ environment: EnvironmentRecord) throws -> RandomChange {
        let key = try Samples.environmentKey(UInt32.random(in: 1...4, using: &random), under: environment.mainKey.id)
        return RandomChange(name: "rewrap") {
            try await $0.rewrap(key, of: environment.identity.id)
            return ""
        }
    }

    private func beginErasure(_ id: EnvironmentID) throws -> RandomChange {
        let time = WallTime(seconds: now - Int64.random(in: -7200...20_000, using: &random))
        let subjects: [ErasureRecord.Subject] = [.before(time), .connection("a"), .logs(before: time)]
        let subject = subjects[Int.random(in: 0..<3, using: &random)]
        let erasure = try Samples.erasure(subject, of: id, startedAt: WallTime(seconds: now))
        return RandomChange(name: "begin erasure") { store in
            try await store.beginErasure(erasure)
            return "\(try await store.contents(of: id, under: subject))"
        }
    }

    private func eraseSome() -> RandomChange {
        guard let erasure = erasures.randomElement(using: &random) else { return RandomChange(name: "nothing to erase") { _ in "" } }
        let limit = Int.random(in: 1...3, using: &random)
        return RandomChange(name: "erase") { [now] store in
            "\(try await store.eraseKeys(erasure.id, limit: limit, at: WallTime(seconds: now)).sorted { $0.key < $1.key })"
        }
    }

    private func finishErasure() throws -> RandomChange {
        guard let erasure = erasures.randomElement(using: &random) else { return RandomChange(name: "nothing to erase") { _ in "" } }
        let receipt = try Samples.receipt(of: erasure)
        return RandomChange(name: "receipt") { store in
            try await store.finishErasure(receipt)
            return
                "\(try await store.receipts(of: erasure.environment)) \(try await store.tombstones(of: erasure.id, after: nil, limit: 99))"
        }
    }

    private func describe(_ record: EnvironmentRecord) -> String {
        let mainKeys = [record.mainKey] + record.formerMainKeys.sorted { $0.id < $1.id } + [record.pendingMainKey].compactMap { $0 }
        return """
            \(record.identity) \(mainKeys.map { "\($0.id) \($0.sealedMaterial ?? [])" }) \(record.environmentKey) \
            \(record.olderEnvironmentKeys) \(record.pendingMainKey == nil) \(String(describing: record.replacedAt)) \(record.keyFloor) \
            \(record.newestVersion) \(String(describing: record.repack)) \(String(describing: record.lock)) \(record.retention)
            """
    }

    private static func describe(_ key: KeyRecord?) -> String {
        guard let key else { return "none" }
        return "\(key.id) \(key.purpose) \(key.createdAt) \(key.born) \(key.wraps.sorted { $0.version < $1.version })"
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
