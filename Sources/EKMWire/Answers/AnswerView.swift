/// An answer where it stands in a stream: its status, and the range of the operation's fields.
package struct AnswerView: Equatable, Sendable {
    package let header: FrameHeader
    package let status: UInt16
    package let secondsLeft: SecondsLeft
    /// The fields behind the status and the seconds, as offsets into the bytes that were parsed.
    package let fields: Range<Int>

    /// Parses the complete frame between two offsets.
    package init(parsing bytes: RawSpan, from start: Int, to end: Int) throws(WireError) {
        guard let header = FrameHeader(frameAt: start, in: bytes), end <= bytes.byteCount else { throw .shortFrame }
        guard header.isAnswer else {
            throw WireError(.malformedFrame, "The daemon sent a frame that is no answer.", remedy: "Update the older of the two.")
        }
        let frame = bytes.extracting(0..<end)
        var reader = WireReader(at: start + Frame.prefixSize + FrameHeader.size)
        self.header = header
        status = try reader.u16(in: frame, "status")
        secondsLeft = SecondsLeft(rawValue: try reader.u32(in: frame, "seconds left"))
        fields = reader.rest(in: frame)
    }

    /// The failure that the answer reports, or nil for a success.
    package func failure(in bytes: RawSpan) throws(WireError) -> WireError? {
        guard status != 0 else { return nil }
        let fields = bytes.extracting(fields)
        var reader = WireReader()
        let verdict = WireVerdict(rawValue: try reader.u8(in: fields, "verdict"))
        let at = try reader.u64(in: fields, "verdict time")
        let message = try reader.copiedString16(in: fields, "message")
        let remedy = try reader.copiedString16(in: fields, "remedy")
        let reason = try reader.copiedString16(in: fields, "reason")
        try reader.end(in: fields)
        return WireError(
            ErrorCode(rawValue: status), message, remedy: remedy, verdict: verdict, verdictAt: at == 0 ? nil : at, reason: reason)
    }
}
