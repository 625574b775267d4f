internal import GRDB
internal import KeyHierarchy

/// A main key that an environment has, or is leaving.
struct MainKeyRow: AuthenticatedRow, Sendable {
    static let table = "main_keys"
    static let primaryKey = ["id"]

    /// What the main key is to its environment.
    enum Role: String, Sendable {
        case current
        /// Versions of the environment key still hang under it.
        case former
        /// Waits for the customer's grant.
        case pending
    }

    var environment: EnvironmentID
    var role: Role
    /// `createdAt` is without the end of its doubt.
    var record: MainKeyRecord
    /// Of one that waits: the old main key's proof is not waited for.
    var withoutOld = false

    init(_ record: MainKeyRecord, of environment: EnvironmentID, role: Role = .current) {
        self.record = record
        self.environment = environment
        self.role = role
    }

    init(_ pending: PendingMainKey, of environment: EnvironmentID) {
        self.init(pending.record, of: environment, role: .pending)
        withoutOld = pending.withoutOld
    }

    init(_ columns: Columns) throws(RowDamage) {
        environment = try columns.identifier("environment")
        guard let role = Role(rawValue: try columns.text("role", atMost: Limits.kind)),
            let options = ReferenceOptions.decode(try columns.bytes("options", atMost: Limits.options))
        else { throw columns.unreadable }
        self.role = role
        record = MainKeyRecord(
            id: try columns.identifier("id"),
            reference: MainKeyReference(
                kind: MainKeyReference.Kind(rawValue: try columns.text("kind", atMost: Limits.kind)),
                identifier: try columns.text("identifier", atMost: Limits.identifier), options: options),
            sealedMaterial: columns.isNull("sealed_material") ? nil : try columns.bytes("sealed_material", atMost: Limits.sealedMaterial),
            createdAt: try columns.stamp("created_at", doubt: "doubt"))
        withoutOld = !columns.isNull("without_old")
    }

    var columns: Columns {
        Columns(
            table: Self.table,
            [
                "id": record.id.blob, "environment": environment.blob, "role": role.rawValue.databaseValue,
                "kind": record.reference.kind.rawValue.databaseValue, "identifier": record.reference.identifier.databaseValue,
                "options": ReferenceOptions.encode(record.reference.options).blob, "sealed_material": record.sealedMaterial.blob,
                "created_at": record.createdAt.time.seconds.databaseValue, "doubt": record.createdAt.doubtNumber,
                "without_old": withoutOld ? 1.databaseValue : .null,
            ])
    }
}
