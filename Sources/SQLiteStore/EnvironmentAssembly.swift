internal import GRDB
internal import KeyHierarchy

/// Puts environments together from rows that may not be sound: what is wrong with one stays its own.
struct EnvironmentAssembly {
    private let mainKeys: [DatabaseValue: RowReading<MainKeyRow>]
    private let mainKeysOfEnvironment: [DatabaseValue: [RowReading<MainKeyRow>]]
    private let environmentKeys: [DatabaseValue: [RowReading<EnvironmentKeyRow>]]
    private let repacks: [DatabaseValue: RowReading<RepackRow>]

    init(mainKeys: [RowReading<MainKeyRow>], environmentKeys: [RowReading<EnvironmentKeyRow>], repacks: [RowReading<RepackRow>]) {
        self.mainKeys = Dictionary(mainKeys.map { ($0.columns.values["id"] ?? .null, $0) }, uniquingKeysWith: { first, _ in first })
        mainKeysOfEnvironment = Dictionary(grouping: mainKeys) { $0.columns.values["environment"] ?? .null }
        self.environmentKeys = Dictionary(grouping: environmentKeys) { $0.columns.values["environment"] ?? .null }
        self.repacks = Dictionary(repacks.map { ($0.columns.values["environment"] ?? .null, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The environment of a row, with everything that does not verify named in its damage.
    func record(_ reading: RowReading<EnvironmentRow>) -> EnvironmentRecord {
        var damages = reading.damage.map { [$0] } ?? []
        let row = reading.row
        let place = reading.columns.values["id"] ?? .null
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

        var texts: [String] = []
        for damage in damages where !texts.contains(damage.description) { texts.append(damage.description) }
        let older = live.filter { $0.version != row?.currentVersion }
        let named = Set(older.map(\.mainKey)).subtracting([mainKeyID])
        return EnvironmentRecord(
            identity: identity, createdAt: row?.createdAt ?? WallTime(seconds: 0),
            mainKey: mainKeys[mainKeyID.blob]?.row?.record ?? .missing(mainKeyID),
            environmentKey: current ?? .missing(mainKeyID, row?.currentVersion), olderEnvironmentKeys: older,
            formerMainKeys: named.sorted().compactMap { mainKeys[$0.blob]?.row?.record },
            pendingMainKey: (row?.pendingMainKey).flatMap { mainKeys[$0.blob]?.row?.record }, replacedAt: row?.replacedAt,
            keyFloor: row?.keyFloor ?? .first, newestVersion: row?.newestVersion, repack: repack?.row?.record, lock: row?.lock,
            retention: row?.retention ?? Retention(), damage: texts.isEmpty ? nil : texts.joined(separator: "; "))
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
            createdAt: WallTime(seconds: 0))
    }
}

extension EnvironmentKeyRecord {
    fileprivate static func missing(_ mainKey: MainKeyID, _ version: EnvironmentKeyVersion?) -> Self {
        Self(version: version ?? .first, mainKey: mainKey, generation: nil, wrapped: [], createdAt: WallTime(seconds: 0))
    }
}
