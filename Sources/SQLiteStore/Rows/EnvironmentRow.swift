internal import GRDB
internal import KeyHierarchy

/// An environment, and which main key and version of its key are in force.
struct EnvironmentRow: AuthenticatedRow, Sendable {
    static let table = "environments"
    static let primaryKey = ["id"]

    var identity: EnvironmentIdentity
    var revision: Revision
    var createdAt: WallTime
    var mainKey: MainKeyID
    var currentVersion: EnvironmentKeyVersion
    /// Without the end of its doubt.
    var replacedAt: Stamp?
    var isWaived: Bool
    var keyFloor: EnvironmentKeyVersion
    var newestVersion: EnvironmentKeyVersion
    /// Named here, so that its row is missed.
    var pendingMainKey: MainKeyID?
    /// Named here, so that its row is missed.
    var repackTarget: EnvironmentKeyVersion?
    var locks: [EnvironmentLock]
    var newestLock: UInt32
    var retention: Retention

    init(_ record: EnvironmentRecord) {
        identity = record.identity
        revision = record.revision
        createdAt = record.createdAt
        mainKey = record.mainKey.id
        currentVersion = record.environmentKey.version
        replacedAt = record.replacedAt
        isWaived = record.isWaived
        keyFloor = record.keyFloor
        newestVersion = record.newestVersion
        pendingMainKey = record.pending?.record.id
        repackTarget = record.repack?.target
        locks = record.locks
        newestLock = record.newestLock
        retention = record.retention
    }

    init(_ columns: Columns) throws(RowDamage) {
        guard let name = try? EnvironmentName(columns.text("name", atMost: Limits.name)) else { throw columns.unreadable }
        identity = EnvironmentIdentity(id: try columns.identifier("id"), name: name)
        revision = try Self.revision(columns)
        createdAt = try columns.time("created_at")
        mainKey = try columns.identifier("main_key")
        currentVersion = try columns.version("current_version")
        isWaived = !columns.isNull("replaced_early")
        replacedAt = columns.isNull("replaced_at") ? nil : try columns.stamp("replaced_at", doubt: "replaced_doubt")
        keyFloor = columns.isNull("key_floor") ? .first : try columns.version("key_floor")
        newestVersion = columns.isNull("newest_version") ? currentVersion : try columns.version("newest_version")
        pendingMainKey = columns.isNull("pending_main_key") ? nil : try columns.identifier("pending_main_key")
        repackTarget = columns.isNull("repack_target") ? nil : try columns.version("repack_target")
        locks = try Self.locks(columns)
        newestLock = columns.isNull("newest_lock") ? locks.map(\.number).max() ?? 0 : try columns.integer("newest_lock")
        retention = Retention(
            hours: try columns.seconds("retention_hours"), logs: try columns.seconds("retention_logs"), next: try Self.next(columns))
    }

    /// Of a row that may be unsound too: a deletion is decided on it.
    static func revision(_ columns: Columns) throws(RowDamage) -> Revision {
        columns.isNull("revision") ? .first : Revision(number: try columns.integer("revision"))
    }

    private static func next(_ columns: Columns) throws(RowDamage) -> Retention.Next? {
        guard !columns.isNull("next_retention_at") else { return nil }
        return Retention.Next(
            hours: try columns.seconds("next_retention_hours"), logs: try columns.seconds("next_retention_logs"),
            from: try columns.time("next_retention_at"))
    }

    /// Schema version 2 knew one lock.
    private static func locks(_ columns: Columns) throws(RowDamage) -> [EnvironmentLock] {
        guard columns.isNull("locks") else {
            guard let locks = LockList.decode(try columns.bytes("locks", atMost: Limits.locks)) else { throw columns.unreadable }
            return locks
        }
        guard !columns.isNull("locked_at") else { return [] }
        let reason = try columns.text("lock_reason", atMost: Limits.reason)
        return [EnvironmentLock(number: 1, at: try columns.time("locked_at"), reason: reason)]
    }

    var columns: Columns {
        Columns(
            table: Self.table,
            [
                "id": identity.id.blob, "name": identity.name.description.databaseValue,
                "revision": Int64(clamping: revision.number).databaseValue,
                "created_at": createdAt.seconds.databaseValue, "main_key": mainKey.blob,
                "current_version": currentVersion.value,
                "replaced_at": replacedAt?.time.seconds.databaseValue ?? .null, "replaced_doubt": replacedAt.doubtNumber,
                "replaced_early": isWaived ? 1.databaseValue : .null,
                "key_floor": keyFloor.value,
                "newest_version": newestVersion.value, "pending_main_key": pendingMainKey?.blob ?? .null,
                "repack_target": repackTarget?.value ?? .null, "locked_at": .null, "lock_reason": .null,
                "locks": locks.isEmpty ? .null : LockList.encode(locks).blob, "newest_lock": Int64(newestLock).databaseValue,
                "retention_hours": retention.hours?.components.seconds.databaseValue ?? .null,
                "retention_logs": retention.logs?.components.seconds.databaseValue ?? .null,
                "next_retention_hours": retention.next?.hours?.components.seconds.databaseValue ?? .null,
                "next_retention_logs": retention.next?.logs?.components.seconds.databaseValue ?? .null,
                "next_retention_at": retention.next?.from.seconds.databaseValue ?? .null,
            ])
    }
}

extension Columns {
    fileprivate func seconds(_ name: String) throws(RowDamage) -> Duration? {
        isNull(name) ? nil : .seconds(try integer(name, as: Int64.self))
    }
}
