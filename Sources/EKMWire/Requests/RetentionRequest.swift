/// Set an environment's retention: `u8` of what (1 hours, 2 logs, 4 at once), then a `u64` of seconds for each, all ones for ever.
package struct RetentionRequest: Equatable, Sendable {
    private static let hoursFlag: UInt8 = 1
    private static let logsFlag: UInt8 = 2
    private static let atOnceFlag: UInt8 = 4

    package var environment: String
    package var change: RetentionChange

    package init(environment: String, change: RetentionChange) {
        self.environment = environment
        self.change = change
    }

    package init(parsing fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        environment = try reader.copiedString8(in: fields, "environment")
        let what = try reader.u8(in: fields, "retention")
        guard what & ~(Self.hoursFlag | Self.logsFlag | Self.atOnceFlag) == 0 else { throw .unknownValue("retention") }
        change = RetentionChange(atOnce: what & Self.atOnceFlag != 0)
        if what & Self.hoursFlag != 0 { change.hours = .init(wire: try reader.u64(in: fields, "hours")) }
        if what & Self.logsFlag != 0 { change.logs = .init(wire: try reader.u64(in: fields, "logs")) }
        try reader.end(in: fields)
    }

    package func encode(into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        try bytes.appendRequest(.setRetention, requestID: requestID) { (bytes) throws(WireError) in
            try bytes.appendString8(environment, "environment")
            let named = (change.hours == nil ? 0 : Self.hoursFlag) | (change.logs == nil ? 0 : Self.logsFlag)
            bytes.append(named | (change.atOnce ? Self.atOnceFlag : 0))
            if let hours = change.hours { bytes.appendBigEndian(hours.wire) }
            if let logs = change.logs { bytes.appendBigEndian(logs.wire) }
        }
    }
}
