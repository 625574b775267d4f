/// Appends the fields of a frame. Whoever holds secrets reserves the whole frame first: growth would leave copies behind.
extension [UInt8] {
    package mutating func appendBigEndian<Value: FixedWidthInteger>(_ value: Value) {
        for shift in stride(from: Value.bitWidth - 8, through: 0, by: -8) { append(UInt8(truncatingIfNeeded: value >> Value(shift))) }
    }

    /// Appends a text with a `u8` length. Throws where it is longer than 255 bytes.
    package mutating func appendString8(_ text: String, _ field: StaticString) throws(WireError) {
        guard let count = UInt8(exactly: text.utf8.count) else { throw .tooLong(field, limit: 255) }
        append(count)
        append(contentsOf: text.utf8)
    }

    /// Appends a text with a `u16` length. Throws where it is longer than 65,535 bytes.
    package mutating func appendString16(_ text: String, _ field: StaticString) throws(WireError) {
        guard let count = UInt16(exactly: text.utf8.count) else { throw .tooLong(field, limit: 65_535) }
        appendBigEndian(count)
        append(contentsOf: text.utf8)
    }

    /// Appends bytes as they are.
    package mutating func append(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }

    /// Appends a whole request: length, header, and what `fields` appends. Leaves nothing behind where `fields` throws.
    package mutating func appendRequest(
        _ operation: Operation, requestID: UInt32, capacity: Int = 0, fields: (inout [UInt8]) throws(WireError) -> Void = { _ in }
    ) throws(WireError) {
        let start = count
        reserveCapacity(count + Frame.prefixSize + FrameHeader.size + capacity)
        append(contentsOf: [0, 0, 0, 0])
        appendBigEndian(operation.rawValue)
        appendBigEndian(UInt16(0))
        appendBigEndian(requestID)
        do throws(WireError) {
            try fields(&self)
        } catch {
            removeLast(count - start)
            throw error
        }
        setLength(from: start)
    }

    /// Writes the length of the frame that starts at `start` and ends with the array.
    package mutating func setLength(from start: Int) {
        let length = UInt32(truncatingIfNeeded: count - start - Frame.prefixSize)
        for index in 0..<Frame.prefixSize { self[start + index] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * index)) }
    }
}
