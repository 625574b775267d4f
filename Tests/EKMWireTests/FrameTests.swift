import Testing

@testable import EKMWire

@Suite("Frames")
struct FrameTests {
    @Test(
        "The scan tells half, whole, short and large frames apart",
        arguments: [
            ("", Frame.Scan.incomplete(needed: 4)), ("000000", .incomplete(needed: 4)), ("00000008", .incomplete(needed: 12)),
            ("00000008 0002 0000 00000001", .complete(end: 12)), ("00000008 0002 0000 00000001 0000", .complete(end: 12)),
            ("00000000", .tooShort(end: 4)), ("00000007 00020000000000", .tooShort(end: 11)), ("00000007 0002", .incomplete(needed: 11)),
            ("00000040", .incomplete(needed: 68)), ("00000041", .tooLarge(length: 65)), ("FFFFFFFF 00", .tooLarge(length: 0xFFFF_FFFF)),
        ])
    func scan(hex: String, expected: Frame.Scan) {
        #expect(scanned(bytes(hex: hex), at: 0, limit: 64) == expected)
        #expect(scanned(bytes(hex: "AABB" + hex), at: 2, limit: 64) == shifted(expected))
    }

    private func shifted(_ scan: Frame.Scan) -> Frame.Scan {
        switch scan {
        case .complete(let end): .complete(end: end + 2)
        case .tooShort(let end): .tooShort(end: end + 2)
        default: scan
        }
    }

    @Test("A scan past the end finds nothing")
    func past() {
        #expect(scanned([1], at: 5) == .incomplete(needed: 4))
        #expect(scanned([1], at: -1) == .incomplete(needed: 4))
        #expect(header(bytes(hex: "00000008 0002 0000 00000001"), at: 1) == nil)
    }

    @Test("An answer echoes the operation and the id, and sets its flag")
    func answer() {
        let header = FrameHeader(operation: Operation(rawValue: 999), requestID: 5)
        #expect(header.answer.operation.rawValue == 999)
        #expect(header.answer.requestID == 5)
        #expect(header.answer.isAnswer && !header.isAnswer)
    }

    @Test("Flags that a request may not have are refused", arguments: [0x8000, 1, 0x4000] as [UInt16])
    func flags(_ flags: UInt16) {
        #expect(throws: WireError(.malformedFrame, "")) {
            try FrameHeader(operation: .ping, flags: flags, requestID: 1).checkRequest()
        }
    }

    @Test(
        "The highest common version is agreed upon, or none",
        arguments: [(1, 1, 1), (1, 7, 1), (0, 1, 1), (2, 3, nil), (0, 0, nil), (3, 1, nil)])
    func versions(lowest: UInt16, highest: UInt16, agreed: UInt16?) {
        #expect((try? ProtocolVersion.agree(lowest: lowest, highest: highest)) == agreed)
    }

    @Test("Operations have stable numbers and names")
    func operations() {
        #expect(Operation.all.map(\.rawValue) == Array(1...8) + Array(16...24) + Array(32...37) + Array(40...43) + Array(48...60))
        #expect(Set(Operation.all.map(\.description)).count == Operation.all.count)
        #expect(!Operation(rawValue: 38).isKnown)
    }
}
