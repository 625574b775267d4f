/// The eight bytes that open every frame: `u16` operation, `u16` flags, `u32` request id.
package struct FrameHeader: Equatable, Sendable {
    /// The size of a header, in bytes.
    package static let size = 8
    /// The flag that every answer carries, and no request.
    package static let answerFlag: UInt16 = 0x8000

    package var operation: Operation
    package var flags: UInt16
    package var requestID: UInt32

    @inlinable
    package init(operation: Operation, flags: UInt16 = 0, requestID: UInt32) {
        self.operation = operation
        self.flags = flags
        self.requestID = requestID
    }

    /// Reads the header of the frame that starts at `start`, or nil where fewer than twelve bytes stand there.
    @inlinable
    package init?(frameAt start: Int, in bytes: RawSpan) {
        let at = start + Frame.prefixSize
        guard start >= 0, bytes.byteCount - at >= Self.size else { return nil }
        operation = Operation(rawValue: bytes.bigEndianUInt16(at: at))
        flags = bytes.bigEndianUInt16(at: at + 2)
        requestID = bytes.bigEndianUInt32(at: at + 4)
    }

    /// Whether this opens an answer.
    @inlinable package var isAnswer: Bool { flags & Self.answerFlag != 0 }
    /// The header that answers this one.
    @inlinable package var answer: FrameHeader { FrameHeader(operation: operation, flags: Self.answerFlag, requestID: requestID) }

    /// Refuses flags that this version of the protocol does not know in a request, and the id that none may have.
    @inlinable
    package func checkRequest() throws(WireError) {
        guard flags == 0 else { throw .unknownFlags }
        guard requestID != 0 else { throw .idZero }
    }
}
