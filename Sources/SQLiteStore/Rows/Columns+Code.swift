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
        let present = values.filter { !$0.value.isNull }.sorted { $0.key < $1.key }
        var bytes = Array("ekmd row v1".utf8)
        bytes.append(prefixed: Array(table.utf8))
        bytes.append(number: UInt32(present.count))
        for (name, value) in present {
            bytes.append(prefixed: Array(name.utf8))
            switch value.storage {
            case .null: break
            case .int64(let number): bytes.append(.integer, UInt64(bitPattern: number).bytes)
            case .double(let number): bytes.append(.real, number.bitPattern.bytes)
            case .string(let text): bytes.append(.text, Array(text.utf8))
            case .blob(let data): bytes.append(.blob, [UInt8](data))
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
    fileprivate mutating func append(_ tag: Columns.Tag, _ value: [UInt8]) {
        append(tag.rawValue)
        append(prefixed: value)
    }

    mutating func append(prefixed value: [UInt8]) {
        append(number: UInt32(value.count))
        append(contentsOf: value)
    }

    mutating func append(number: UInt32) { append(contentsOf: number.bytes) }
}

extension FixedWidthInteger {
    fileprivate var bytes: [UInt8] { stride(from: Self.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: self >> $0) } }
}
