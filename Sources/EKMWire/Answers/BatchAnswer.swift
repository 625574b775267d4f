/// What became of the items of a batch, in their order: a `u16` count, and for each a `u16` status; behind a 0 the bytes with a `u32`
/// length, behind another the verdict of the environment's KMS, the message and the remedy.
package enum BatchAnswer {
    /// One item's.
    package enum Item: Equatable, Sendable {
        /// Where its bytes stand in the fields.
        case done(Range<Int>)
        case failed(WireError)
    }

    /// How many bytes a success takes.
    package static func size(ofBytes count: Int) -> Int { 2 + 4 + count }

    /// How many bytes a failure takes.
    package static func size(of error: WireError) -> Int { 2 + 1 + 2 + text(error.message).count + 2 + text(error.remedy).count }

    package static func append(_ error: WireError, to output: inout OutputRawSpan) {
        output.appendBigEndian(error.code.rawValue)
        output.append(error.verdict.rawValue)
        for text in [text(error.message), text(error.remedy)] {
            output.appendBigEndian(UInt16(text.count))
            for byte in text { output.append(byte) }
        }
    }

    /// Parses the fields of an answer.
    package static func parse(_ fields: RawSpan) throws(WireError) -> [Item] {
        var reader = WireReader()
        let count = Int(try reader.u16(in: fields, "count"))
        var items: [Item] = []
        items.reserveCapacity(count)
        for _ in 0..<count {
            let status = try reader.u16(in: fields, "status")
            guard status != 0 else {
                items.append(.done(try reader.bytes32(in: fields, "item")))
                continue
            }
            let verdict = WireVerdict(rawValue: try reader.u8(in: fields, "verdict"))
            let message = try reader.copiedString16(in: fields, "message")
            let remedy = try reader.copiedString16(in: fields, "remedy")
            items.append(.failed(WireError(ErrorCode(rawValue: status), message, remedy: remedy, verdict: verdict)))
        }
        try reader.end(in: fields)
        return items
    }

    /// A message that is too long for its field is cut between two characters.
    private static func text(_ message: String) -> String.UTF8View {
        var message = message
        while message.utf8.count > Int(UInt16.max) { message = String(message.prefix(message.count / 2)) }
        return message.utf8
    }
}
