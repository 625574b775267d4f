internal import GRDB
internal import KeyHierarchy

/// Reads and writes the rows of one table under their codes; the only way to them.
struct AuthenticatedTable<Stored: AuthenticatedRow>: Sendable {
    let authenticator: RowAuthenticator

    func insert(_ row: Stored, _ database: Database) throws {
        let values = try sealed(row)
        let names = values.map(\.name).joined(separator: ", ")
        let places = values.map { _ in "?" }.joined(separator: ", ")
        try database.cachedStatement(sql: "INSERT INTO \(Stored.table) (\(names)) VALUES (\(places))")
            .execute(arguments: StatementArguments(values.map(\.value)))
    }

    /// Writes the row over the one with the same primary key, under a new code.
    func update(_ row: Stored, _ database: Database) throws {
        let values = try sealed(row)
        let changes = values.map { "\($0.name) = ?" }.joined(separator: ", ")
        let place = Stored.primaryKey.map { "\($0) = ?" }.joined(separator: " AND ")
        let columns = row.columns
        let key = Stored.primaryKey.map { columns[$0] ?? .null }
        try database.cachedStatement(sql: "UPDATE \(Stored.table) SET \(changes) WHERE \(place)")
            .execute(arguments: StatementArguments(values.map(\.value) + key))
    }

    /// - Parameter index: The only index to use, where SQLite without statistics would take a worse one.
    /// - Throws: `RowDamage`.
    func first(_ database: Database, from index: String? = nil, _ condition: String, _ arguments: [DatabaseValue]) throws -> Stored? {
        let source = Stored.table + (index.map { " INDEXED BY \($0)" } ?? "")
        let statement = try database.cachedStatement(sql: "SELECT * FROM \(source) WHERE \(condition)")
        guard let row = try Row.fetchOne(statement, arguments: StatementArguments(arguments)) else { return nil }
        return try reading(row).verified()
    }

    /// - Throws: `RowDamage` at the first row that does not verify.
    func all(_ database: Database, _ condition: String, _ arguments: [DatabaseValue]) throws -> [Stored] {
        let statement = try database.cachedStatement(sql: "SELECT * FROM \(Stored.table) WHERE \(condition)")
        return try Row.fetchAll(statement, arguments: StatementArguments(arguments)).map { try reading($0).verified() }
    }

    /// Every row of the table, with what is wrong with it.
    func readings(_ database: Database) throws -> [RowReading<Stored>] {
        try Row.fetchAll(database, sql: "SELECT * FROM \(Stored.table)").map(reading)
    }

    /// The rows of one condition, with what is wrong with them.
    func readings(_ database: Database, _ condition: String, _ arguments: [DatabaseValue]) throws -> [RowReading<Stored>] {
        let statement = try database.cachedStatement(sql: "SELECT * FROM \(Stored.table) WHERE \(condition)")
        return try Row.fetchAll(statement, arguments: StatementArguments(arguments)).map(reading)
    }

    private func reading(_ row: Row) -> RowReading<Stored> {
        let columns = Columns(table: Stored.table, row)
        return RowReading(columns, isAuthentic: columns.isAuthentic(columns.readCode, by: authenticator))
    }

    private func sealed(_ row: Stored) throws -> [(name: String, value: DatabaseValue)] {
        let columns = row.columns
        // SQLite would keep a text only up to its first NUL, and the code would be over the whole.
        for case .string(let text) in columns.values.map(\.value.storage) where text.utf8.contains(0) {
            throw KeyStoreError(.failed, "A text for the key store holds a NUL character.", remedy: "Take it out, then try again.")
        }
        return try columns.values + [(Columns.code, columns.code(by: authenticator).blob)]
    }
}
