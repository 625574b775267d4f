internal import GRDB
internal import KeyHierarchy

/// Puts environments together from rows that may not be sound: what is wrong with one stays its own.
struct EnvironmentAssembly {
    private let mainKeys: [DatabaseValue: RowReading<MainKeyRow>]
    private let mainKeysOfEnvironment: [DatabaseValue: [RowReading<MainKeyRow>]]
    private let environmentKeys: [DatabaseValue: [RowReading<EnvironmentKeyRow>]]
    private let repacks: [DatabaseValue: RowReading<RepackRow>]
    private let doubts: [UInt32: RowReading<DoubtRow>]

    init(
        mainKeys: [RowReading<MainKeyRow>], environmentKeys: [RowReading<EnvironmentKeyRow>], repacks: [RowReading<RepackRow>],
        doubts: [RowReading<DoubtRow>]
    ) {
        self.mainKeys = Dictionary(mainKeys.map { ($0.columns["id"] ?? .null, $0) }, uniquingKeysWith: { first, _ in first })
        mainKeysOfEnvironment = Dictionary(grouping: mainKeys) { $0.columns["environment"] ?? .null }
        self.environmentKeys = Dictionary(grouping: environmentKeys) { $0.columns["environment"] ?? .null }
        self.repacks = Dictionary(repacks.map { ($0.columns["environment"] ?? .null, $0) }, uniquingKeysWith: { first, _ in first })
        self.doubts = Dictionary(
            doubts.compactMap { reading in (try? reading.columns.integer("number", as: UInt32.self)).map { ($0, reading) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// The environment of a row, with everything that does not verify named in its damage.
    func record(_ reading: RowReading<EnvironmentRow>) -> EnvironmentRecord {
        var damages = reading.damage.map { [$0] } ?? []
        let row = reading.row
        let place = reading.columns["id"] ?? .null
        let identity = row?.identity ?? EnvironmentIdentity(salvaging: reading.columns)

        let versions = environmentKeys[place] ?? []
        for version in versions {
            if let damage = version.damage { damages.append(damage) }
            if let row = version.row, let damage = damage(of: row.record.mainKey, environment: identity.id) { damages.append(damage) }
        }
        damages += (mainKeysOfEnvironment[place] ?? []).compactMap(\.damage)
        let mainKeyID = row?.mainKey ?? MainKeyID(halves: Halves(high: 0, low: 0))
        for mainKey in [mainKeyID, row?.pendingMainKey].compactMap({ $0 }) {
            if let damage = damage(of: mainKey, environment: identity.id) { damages.append(damage) }
        }
        let live = versions.compactMap(\.row).filter { !$0.isRetired }.map(\.record).sorted { $0.version < $1.version }
        let current = live.first { $0.version == row?.currentVersion }
        if current == nil { damages.append(RowDamage(table: EnvironmentKeyRow.table, reason: .missing)) }
        let repack = repacks[place]
        if let damage = repack?.damage { damages.append(damage) }
        if let row, repack?.row?.record.target != row.repackTarget { damages.append(RowDamage(table: RepackRow.table, reason: .missing)) }

        let older = live.filter { $0.version != row?.currentVersion }
        let named = Set(older.map(\.mainKey)).subtracting([mainKeyID])
        let former = named.sorted().compactMap { mainKeys[$0.blob]?.row?.record }
        let pending = (row?.pendingMainKey).flatMap { mainKeys[$0.blob]?.row }
        let mainKey = mainKeys[mainKeyID.blob]?.row?.record ?? .missing(mainKeyID)
        for stamp in [row?.replacedAt, mainKey.createdAt, pending?.record.createdAt] + former.map(\.createdAt) {
            if let damage = stamp.flatMap(damage) { damages.append(damage) }
        }

        var texts: [String] = []
        for damage in damages where !texts.contains(damage.description) { texts.append(damage.description) }
        return EnvironmentRecord(
            identity: identity, revision: (try? EnvironmentRow.revision(reading.columns)) ?? .first,
            createdAt: row?.createdAt ?? WallTime(seconds: 0), mainKey: resolved(mainKey),
            environmentKey: current ?? .missing(mainKeyID, row?.currentVersion), olderEnvironmentKeys: older,
            formerMainKeys: former.map(resolved),
            pending: pending.map { PendingMainKey(resolved($0.record), withoutOld: $0.withoutOld) },
            replacedAt: (row?.replacedAt).map(resolved), isWaived: row?.isWaived ?? false,
            keyFloor: row?.keyFloor ?? .first, newestVersion: row?.newestVersion,
            repack: repack?.row?.record, locks: row?.locks ?? [], newestLock: row?.newestLock, retention: row?.retention ?? Retention(),
            isSweepDue: versions.contains { $0.row?.isRetired == true }, damage: texts.isEmpty ? nil : texts.joined(separator: "; "))
    }

    private func resolved(_ record: MainKeyRecord) -> MainKeyRecord {
        var record = record
        record.createdAt = resolved(record.createdAt)
        return record
    }

    /// With the end of its doubt. One whose doubt does not verify never counts.
    private func resolved(_ stamp: Stamp) -> Stamp {
        guard let doubt = stamp.doubt, damage(of: stamp) == nil, let row = doubts[doubt.number]?.row else { return stamp }
        return Stamp(stamp.time, doubt: row.doubt)
    }

    private func damage(of stamp: Stamp) -> RowDamage? {
        guard let doubt = stamp.doubt else { return nil }
        guard let reading = doubts[doubt.number] else { return RowDamage(table: DoubtRow.table, reason: .missing) }
        return reading.damage
    }

    /// What is wrong with a main key that an environment names; nil when it is sound and this environment's own.
    private func damage(of mainKey: MainKeyID, environment: EnvironmentID) -> RowDamage? {
        guard let reading = mainKeys[mainKey.blob] else { return RowDamage(table: MainKeyRow.table, reason: .missing) }
        if let damage = reading.damage { return damage }
        return reading.row?.environment == environment ? nil : RowDamage(table: MainKeyRow.table, reason: .notAuthentic)
    }
}

extension EnvironmentIdentity {
    /// The name and id of a row that cannot be read whole. One without a name that can be is listed as `damaged/<id>`,
    /// so that it is seen, and can be deleted.
    fileprivate init(salvaging columns: Columns) {
        let bytes = (try? columns.bytes("id", atMost: Int.max)) ?? []
        let padded = bytes.prefix(EnvironmentID.byteCount) + [UInt8](repeating: 0, count: max(0, EnvironmentID.byteCount - bytes.count))
        let id = EnvironmentID(Array(padded)) ?? EnvironmentID(halves: Halves(high: 0, low: 0))
        if let name = try? EnvironmentName(columns.text("name", atMost: Limits.name)) {
            self.init(id: id, name: name)
        } else if let name = try? EnvironmentName("damaged/\(id)") {
            self.init(id: id, name: name)
        } else {
            preconditionFailure("an id's 32 hex digits are a part of a name")
        }
    }
}

extension MainKeyRecord {
    fileprivate static func missing(_ id: MainKeyID) -> Self {
        Self(
            id: id, reference: MainKeyReference(kind: MainKeyReference.Kind(rawValue: "unknown")), sealedMaterial: nil,
            createdAt: Stamp(WallTime(seconds: 0)))
    }
}

extension EnvironmentKeyRecord {
    fileprivate static func missing(_ mainKey: MainKeyID, _ version: EnvironmentKeyVersion?) -> Self {
        Self(version: version ?? .first, mainKey: mainKey, generation: nil, wrapped: [], createdAt: WallTime(seconds: 0))
    }
}
