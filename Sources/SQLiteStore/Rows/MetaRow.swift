internal import GRDB
internal import KeyHierarchy

/// What holds for the whole store.
struct MetaRow: AuthenticatedRow, Equatable, Sendable {
    static let table = "meta"
    static let primaryKey = ["id"]

    /// The id of the root key whose codes stand in the store.
    var rootKey: String
    var createdAt: WallTime
    /// When the first environment was made in it: from then on the store has a root key, and takes no other. Nil before.
    var usedAt: WallTime?

    init(rootKey: String, createdAt: WallTime) {
        self.rootKey = rootKey
        self.createdAt = createdAt
    }

    init(_ columns: Columns) throws(RowDamage) {
        guard try columns.integer("id", as: Int.self) == 1 else { throw columns.unreadable }
        rootKey = try columns.text("root_key", atMost: 32)
        createdAt = try columns.time("created_at")
        usedAt = columns.isNull("used_at") ? nil : try columns.time("used_at")
    }

    var columns: Columns {
        Columns(
            table: Self.table,
            [
                "id": 1.databaseValue, "root_key": rootKey.databaseValue, "created_at": createdAt.seconds.databaseValue,
                "used_at": usedAt?.seconds.databaseValue ?? .null,
            ])
    }
}
