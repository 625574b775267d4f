/// What was found in one row, sound or not: for the listing that must tell of damage instead of stopping at it.
struct RowReading<Stored: AuthenticatedRow> {
    let columns: Columns
    let row: Stored?
    let damage: RowDamage?

    init(_ columns: Columns, isAuthentic: Bool) {
        self.columns = columns
        row = try? Stored(columns)
        damage =
            !isAuthentic
            ? RowDamage(table: Stored.table, reason: .notAuthentic)
            : row == nil ? RowDamage(table: Stored.table, reason: .unreadable) : nil
    }

    /// - Throws: `RowDamage`, unless everything verifies.
    func verified() throws(RowDamage) -> Stored {
        if let damage { throw damage }
        guard let row else { throw RowDamage(table: Stored.table, reason: .unreadable) }
        return row
    }
}
