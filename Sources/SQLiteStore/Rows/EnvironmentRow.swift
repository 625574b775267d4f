internal import GRDB
internal import KeyHierarchy

/// An environment, and which main key and version of its key are in force.
struct EnvironmentRow: AuthenticatedRow, Sendable {
    static let table = "environments"
    static let primaryKey = ["id"]

    var identity: EnvironmentIdentity
    var createdAt: WallTime
    var mainKey: MainKeyID
    var currentVersion: EnvironmentKeyVersion
    var replacedAt: WallTime?
    var keyFloor: EnvironmentKeyVersion
    var newestVersion: EnvironmentKeyVersion
    /// Named here, so that its row is missed.
    var pendingMainKey: MainKeyID?
    /// Named here, so that its row is missed.
    var repackTarget: EnvironmentKeyVersion?
    var lock: EnvironmentLock?
    var retention: Retention

    init(_ record: EnvironmentRecord) {
        identity = record.identity
        createdAt = record.createdAt
        mainKey = record.mainKey.id
        currentVersion = record.environmentKey.version
        replacedAt = record.replacedAt
        keyFloor = record.keyFloor
        newestVersion = record.newestVersion
        pendingMainKey = record.pendingMainKey?.id
        repackTarget = record.repack?.target
        lock = record.lock
        retention = record.retention
    }

    init(_ columns: Columns) throws(RowDamage) {
        guard let name = try? EnvironmentName(columns.text("name", atMost: Limits.name)) else { throw columns.unreadable }
        identity = EnvironmentIdentity(id: try columns.identifier("id"), name: name)
        createdAt = try columns.time("created_at")
        mainKey = try columns.identifier("main_key")
        currentVersion = try columns.version("current_version")
        replacedAt = columns.isNull("replaced_at") ? nil : try columns.time("replaced_at")
        keyFloor = columns.isNull("key_floor") ? .first : try columns.version("key_floor")
        newestVersion = columns.isNull("newest_version") ? currentVersion : try columns.version("newest_version")
        pendingMainKey = columns.isNull("pending_main_key") ? nil : try columns.identifier("pending_main_key")
        repackTarget = columns.isNull("repack_target") ? nil : try columns.version("repack_target")
        lock =
            columns.isNull("locked_at")
            ? nil : EnvironmentLock(at: try columns.time("locked_at"), reason: try columns.text("lock_reason", atMost: Limits.reason))
        retention = Retention(hours: try columns.seconds("retention_hours"), logs: try columns.seconds("retention_logs"))
    }

    var columns: Columns {
        Columns(
            table: Self.table,
            [
                "id": identity.id.blob, "name": identity.name.description.databaseValue,
                "created_at": createdAt.seconds.databaseValue, "main_key": mainKey.blob,
                "current_version": currentVersion.value,
                "replaced_at": replacedAt?.seconds.databaseValue ?? .null, "key_floor": keyFloor.value,
                "newest_version": newestVersion.value, "pending_main_key": pendingMainKey?.blob ?? .null,
                "repack_target": repackTarget?.value ?? .null, "locked_at": lock?.at.seconds.databaseValue ?? .null,
                "lock_reason": lock?.reason.databaseValue ?? .null,
                "retention_hours": retention.hours?.components.seconds.databaseValue ?? .null,
                "retention_logs": retention.logs?.components.seconds.databaseValue ?? .null,
            ])
    }
}

extension Columns {
    fileprivate func seconds(_ name: String) throws(RowDamage) -> Duration? {
        isNull(name) ? nil : .seconds(try integer(name, as: Int64.self))
    }
}
