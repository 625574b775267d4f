internal import GRDB
internal import KeyHierarchy

/// One version of an environment's key, wrapped by a main key.
struct EnvironmentKeyRow: AuthenticatedRow, Sendable {
    static let table = "environment_keys"
    static let primaryKey = ["environment", "version"]

    var environment: EnvironmentID
    var record: EnvironmentKeyRecord

    init(_ record: EnvironmentKeyRecord, of environment: EnvironmentID) {
        self.record = record
        self.environment = environment
    }

    init(_ columns: Columns) throws(RowDamage) {
        environment = try columns.identifier("environment")
        record = EnvironmentKeyRecord(
            version: EnvironmentKeyVersion(number: try columns.integer("version")), mainKey: try columns.identifier("main_key"),
            generation: columns.isNull("generation") ? nil : Generation(try columns.text("generation", atMost: Limits.generation)),
            wrapped: try columns.bytes("wrapped", atMost: Limits.wrapped), createdAt: try columns.time("created_at"))
    }

    var columns: Columns {
        Columns(
            table: Self.table,
            [
                "environment": environment.blob, "version": Int64(record.version.number).databaseValue,
                "main_key": record.mainKey.blob, "generation": record.generation?.name.databaseValue ?? .null,
                "wrapped": record.wrapped.blob, "created_at": record.createdAt.seconds.databaseValue,
            ])
    }
}
