internal import GRDB
internal import KeyHierarchy

/// One version of an environment's key, wrapped by a main key.
struct EnvironmentKeyRow: AuthenticatedRow, Sendable {
    static let table = "environment_keys"
    static let primaryKey = ["environment", "version"]

    var environment: EnvironmentID
    var record: EnvironmentKeyRecord
    /// A repack moved every key away from it: it is not there for anyone, and goes once the wraps under it are swept.
    var isRetired = false

    init(_ record: EnvironmentKeyRecord, of environment: EnvironmentID) {
        self.record = record
        self.environment = environment
    }

    /// Marks the version, and drops what its main key made of it: from then on the wraps under it are dead.
    mutating func retire() {
        isRetired = true
        record.wrapped = []
    }

    init(_ columns: Columns) throws(RowDamage) {
        environment = try columns.identifier("environment")
        record = EnvironmentKeyRecord(
            version: try columns.version("version"), mainKey: try columns.identifier("main_key"),
            generation: columns.isNull("generation") ? nil : Generation(try columns.text("generation", atMost: Limits.generation)),
            wrapped: try columns.bytes("wrapped", atMost: Limits.wrapped), createdAt: try columns.time("created_at"),
            wrappedAt: columns.isNull("wrapped_at") ? nil : try columns.time("wrapped_at"))
        isRetired = !columns.isNull("retired")
    }

    var columns: Columns {
        Columns(
            table: Self.table,
            [
                "environment": environment.blob, "version": record.version.value,
                "main_key": record.mainKey.blob, "generation": record.generation?.name.databaseValue ?? .null,
                "wrapped": record.wrapped.blob, "created_at": record.createdAt.seconds.databaseValue,
                "wrapped_at": record.wrappedAt.seconds.databaseValue, "retired": isRetired ? 1.databaseValue : .null,
            ])
    }
}
