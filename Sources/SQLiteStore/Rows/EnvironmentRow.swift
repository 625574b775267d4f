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

    init(_ record: EnvironmentRecord) {
        identity = record.identity
        createdAt = record.createdAt
        mainKey = record.mainKey.id
        currentVersion = record.environmentKey.version
        replacedAt = record.replacedAt
    }

    init(_ columns: Columns) throws(RowDamage) {
        guard let name = try? EnvironmentName(columns.text("name", atMost: Limits.name)) else { throw columns.unreadable }
        identity = EnvironmentIdentity(id: try columns.identifier("id"), name: name)
        createdAt = try columns.time("created_at")
        mainKey = try columns.identifier("main_key")
        currentVersion = EnvironmentKeyVersion(number: try columns.integer("current_version"))
        replacedAt = columns.isNull("replaced_at") ? nil : try columns.time("replaced_at")
    }

    var columns: Columns {
        Columns(
            table: Self.table,
            [
                "id": identity.id.blob, "name": identity.name.description.databaseValue,
                "created_at": createdAt.seconds.databaseValue, "main_key": mainKey.blob,
                "current_version": Int64(currentVersion.number).databaseValue,
                "replaced_at": replacedAt?.seconds.databaseValue ?? .null,
            ])
    }
}
