internal import FoundationEssentials
internal import GRDB
internal import KeyHierarchy

extension Columns {
    fileprivate enum Tag: UInt8 {
        case integer = 1
        case real, text, blob
    }

    /// What a row's code is computed over: `"ekmd row v1" ‖ table ‖ count (u32)`, then for each column, by name,
    /// `name ‖ tag (u8) ‖ value`. Names and values begin with their length (u32); all numbers are big-endian.
    ///
    /// Every column is in it, the row's id too. One that is NULL is left out: so a migration may add a column
    /// without touching the rows, and no two rows share an encoding, because names are in it.
    var encoding: [UInt8] {
        let count = values.reduce(into: UInt32(0)) { $0 += $1.value.isNull ? 0 : 1 }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        bytes.append(contentsOf: "ekmd row v1".utf8)
        bytes.append(prefixed: table.utf8)
        bytes.append(number: count)
        for (name, value) in values where !value.isNull {
            bytes.append(prefixed: name.utf8)
            switch value.storage {
            case .null: break
            case .int64(let number): bytes.append(.integer, UInt64(bitPattern: number))
            case .double(let number): bytes.append(.real, number.bitPattern)
            case .string(let text): bytes.append(.text, text.utf8)
            case .blob(let data): bytes.append(.blob, data)
            }
        }
        return bytes
    }

    func code(by authenticator: RowAuthenticator) throws -> [UInt8] {
        let encoding = encoding
        return try unsafe authenticator.code(over: encoding.span.bytes)
    }

    func isAuthentic(_ code: DatabaseValue?, by authenticator: RowAuthenticator) -> Bool {
        guard case .blob(let data) = code?.storage, data.count == RowAuthenticator.byteCount else { return false }
        let encoding = encoding
        let code = [UInt8](data)
        return unsafe authenticator.verifies(code.span.bytes, over: encoding.span.bytes)
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ tag: Columns.Tag, _ value: some Collection<UInt8>) {
        append(tag.rawValue)
        append(prefixed: value)
    }

    fileprivate mutating func append(_ tag: Columns.Tag, _ value: UInt64) {
        append(tag.rawValue)
        append(number: UInt32(UInt64.bitWidth / 8))
        append(number: value)
    }

    mutating func append(prefixed value: some Collection<UInt8>) {
        append(number: UInt32(value.count))
        append(contentsOf: value)
    }

    mutating func append(number: some FixedWidthInteger) {
        for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
