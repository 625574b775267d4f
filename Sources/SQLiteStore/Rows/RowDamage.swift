/// A row that cannot be used. Names the table, and never what stands in the row.
struct RowDamage: Error, CustomStringConvertible {
    enum Reason: Sendable {
        /// Its code is not that of its columns.
        case notAuthentic
        case missing
        /// A column holds what ekmd never writes.
        case unreadable
    }

    let table: String
    let reason: Reason

    var description: String {
        switch reason {
        case .notAuthentic: "a row of \(table) does not verify, so that other hands changed it"
        case .missing: "a row of \(table) is missing"
        case .unreadable: "a row of \(table) cannot be read"
        }
    }
}
