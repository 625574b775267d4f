/// Writes answers: length, header, `u16` status, `u32` seconds left, then the operation's fields.
package enum Answer {
    /// The size of everything before the operation's fields, the length included, in bytes.
    package static let prefixSize = Frame.prefixSize + FrameHeader.size + 6

    /// Appends everything before the fields of a success. The caller then appends exactly `fieldsSize` bytes.
    @inlinable
    package static func appendSuccess(
        to request: FrameHeader, secondsLeft: SecondsLeft, fieldsSize: Int, output: inout OutputRawSpan
    ) {
        output.appendBigEndian(UInt32(truncatingIfNeeded: prefixSize - Frame.prefixSize + fieldsSize))
        output.appendBigEndian(request.operation.rawValue)
        output.appendBigEndian(FrameHeader.answerFlag)
        output.appendBigEndian(request.requestID)
        output.appendBigEndian(UInt16(0))
        output.appendBigEndian(secondsLeft.rawValue)
    }

    /// Appends a whole success. Reserve `prefixSize + fields.byteCount` first where the fields are secret.
    package static func appendSuccess(
        to request: FrameHeader, secondsLeft: SecondsLeft = .doesNotApply, fields: RawSpan = RawSpan(), into bytes: inout [UInt8]
    ) {
        let start = bytes.count
        bytes.reserveCapacity(start + prefixSize + fields.byteCount)
        appendPrefix(to: request, status: 0, secondsLeft: secondsLeft, into: &bytes)
        bytes.append(fields)
        bytes.setLength(from: start)
    }

    /// Appends a whole failure. Texts are cut to 4,096 bytes.
    package static func appendFailure(
        to request: FrameHeader, error: WireError, secondsLeft: SecondsLeft = .doesNotApply, into bytes: inout [UInt8]
    ) {
        let start = bytes.count
        appendPrefix(to: request, status: error.code.rawValue, secondsLeft: secondsLeft, into: &bytes)
        bytes.append(error.verdict.rawValue)
        bytes.appendBigEndian(error.verdictAt ?? 0)
        for text in [error.message, error.remedy, error.reason] { appendCut(text, into: &bytes) }
        bytes.setLength(from: start)
    }

    private static func appendPrefix(to request: FrameHeader, status: UInt16, secondsLeft: SecondsLeft, into bytes: inout [UInt8]) {
        bytes.append(contentsOf: [0, 0, 0, 0])
        bytes.appendBigEndian(request.operation.rawValue)
        bytes.appendBigEndian(FrameHeader.answerFlag)
        bytes.appendBigEndian(request.requestID)
        bytes.appendBigEndian(status)
        bytes.appendBigEndian(secondsLeft.rawValue)
    }

    private static let largestText = 4096

    private static func appendCut(_ text: String, into bytes: inout [UInt8]) {
        var utf8 = text.utf8.prefix(largestText)
        // Not in the middle of a character.
        while utf8.endIndex < text.utf8.endIndex, text.utf8[utf8.endIndex] & 0xC0 == 0x80 { utf8 = utf8.dropLast() }
        bytes.appendBigEndian(UInt16(utf8.count))
        bytes.append(contentsOf: utf8)
    }
}
