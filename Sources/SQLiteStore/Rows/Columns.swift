internal import FoundationEssentials
internal import GRDB
internal import KeyHierarchy

/// The columns of one row, but for its code, by name. Every length that is read has a bound.
struct Columns {
    /// The column with the row's code.
    static let code = "mac"

    let table: String
    /// By name. A table has few: to look for one costs less than to hash all.
    private(set) var values: [(name: String, value: DatabaseValue)]
    /// The code that was read with them.
    private(set) var readCode: DatabaseValue?

    /// To be written.
    init(table: String, _ values: KeyValuePairs<String, DatabaseValue>) {
        self.table = table
        self.values = values.map { ($0.key, $0.value) }.sorted { $0.name < $1.name }
    }

    /// To be written.
    init(table: String, byName values: [String: DatabaseValue]) {
        self.table = table
        self.values = values.map { ($0.key, $0.value) }.sorted { $0.name < $1.name }
    }

    /// As read.
    init(table: String, _ row: Row) {
        self.table = table
        values = []
        values.reserveCapacity(row.count)
        for (name, value) in row {
            if name == Self.code { readCode = value } else { values.append((name, value)) }
        }
        values.sort { $0.name < $1.name }
    }

    subscript(name: String) -> DatabaseValue? {
        for column in values where column.name == name { return column.value }
        return nil
    }

    func integer<N: FixedWidthInteger>(_ name: String, as type: N.Type = N.self) throws(RowDamage) -> N {
        guard case .int64(let value) = self[name]?.storage, let number = N(exactly: value) else { throw unreadable }
        return number
    }

    func text(_ name: String, atMost limit: Int) throws(RowDamage) -> String {
        guard case .string(let value) = self[name]?.storage, value.utf8.count <= limit else { throw unreadable }
        return value
    }

    func bytes(_ name: String, atMost limit: Int) throws(RowDamage) -> [UInt8] {
        guard case .blob(let value) = self[name]?.storage, value.count <= limit else { throw unreadable }
        return [UInt8](value)
    }

    func identifier<I: Identifier>(_ name: String, as type: I.Type = I.self) throws(RowDamage) -> I {
        guard let identifier = I(try bytes(name, atMost: I.byteCount)) else { throw unreadable }
        return identifier
    }

    func time(_ name: String) throws(RowDamage) -> WallTime { WallTime(seconds: try integer(name)) }

    /// A time, and in which doubt of the clock it was told; without that doubt's end, which stands in another row.
    func stamp(_ name: String, doubt: String) throws(RowDamage) -> Stamp {
        Stamp(try time(name), doubt: isNull(doubt) ? nil : Stamp.Doubt(number: try integer(doubt)))
    }

    func version(_ name: String) throws(RowDamage) -> EnvironmentKeyVersion { EnvironmentKeyVersion(number: try integer(name)) }

    func isNull(_ name: String) -> Bool { self[name]?.isNull ?? true }

    var unreadable: RowDamage { RowDamage(table: table, reason: .unreadable) }
}

extension [UInt8] {
    var blob: DatabaseValue { Data(self).databaseValue }
}

extension Identifier {
    var blob: DatabaseValue { bytes.blob }
}

extension EnvironmentKeyVersion {
    var value: DatabaseValue { Int64(number).databaseValue }
}

extension Optional where Wrapped == Stamp {
    /// The column beside the time; NULL where the clock was believed.
    var doubtNumber: DatabaseValue { self?.doubtNumber ?? .null }
}

extension Stamp {
    var doubtNumber: DatabaseValue { doubt.map { Int64($0.number).databaseValue } ?? .null }
}

extension Optional where Wrapped == [UInt8] {
    var blob: DatabaseValue { self?.blob ?? .null }
}
