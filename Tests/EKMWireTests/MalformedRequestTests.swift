import Testing

@testable import EKMWire

/// Fields that no parser may accept, each for its own reason.
@Suite("Malformed requests")
struct MalformedRequestTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let hex: String
        var code = ErrorCode.malformedField
    }

    static let encrypt: [Case] = [
        Case(testDescription: "nothing at all", hex: ""),
        Case(testDescription: "environment past the end", hex: "05 61"),
        Case(testDescription: "environment not UTF-8", hex: "01 FF 03 0000"),
        Case(testDescription: "environment with an overlong form", hex: "02 C080 03 0000"),
        Case(testDescription: "environment with a surrogate", hex: "03 EDA080 03 0000"),
        Case(testDescription: "no scope", hex: "01 61"),
        Case(testDescription: "scope 0", hex: "01 61 00 0000"),
        Case(testDescription: "scope 5", hex: "01 61 05 0000"),
        Case(testDescription: "job without id", hex: "01 61 01"),
        Case(testDescription: "job with an empty id", hex: "01 61 01 0000 0000"),
        Case(testDescription: "job with an id past the end", hex: "01 61 01 0009 61"),
        Case(testDescription: "job with an id of 513 bytes", hex: "01 61 01 0201" + String(repeating: "61", count: 513) + "0000"),
        Case(testDescription: "no context", hex: "01 61 03"),
        Case(testDescription: "half a context", hex: "01 61 03 00"),
        Case(testDescription: "a context that ends early", hex: "01 61 03 0002 0001 61 0000"),
        Case(testDescription: "a value past the end", hex: "01 61 03 0001 0001 61 0005 61"),
        Case(testDescription: "a key that is not UTF-8", hex: "01 61 03 0001 0001 80 0000"),
        Case(testDescription: "a value that is not UTF-8", hex: "01 61 03 0001 0001 61 0001 C3"),
        Case(testDescription: "65 pairs", hex: "01 61 03 0041", code: .contextInvalid),
        Case(testDescription: "an empty key", hex: "01 61 03 0001 0000 0000", code: .contextInvalid),
        Case(testDescription: "a key twice", hex: "01 61 03 0002 0001 61 0000 0001 61 0000", code: .contextInvalid),
        Case(
            testDescription: "a key of 257 bytes", hex: "01 61 03 0001 0101" + String(repeating: "61", count: 257) + "0000",
            code: .contextInvalid),
        Case(
            testDescription: "a value of 4097 bytes", hex: "01 61 03 0001 0001 61 1001" + String(repeating: "61", count: 4097),
            code: .contextInvalid),
        Case(
            testDescription: "a context of more than 8 KiB",
            hex: "01 61 03 0003" + ["61", "62", "63"].map { "0001\($0) 0FFF" + String(repeating: "61", count: 4095) }.joined(),
            code: .contextInvalid),
    ]

    @Test("An encrypt request is refused", arguments: encrypt)
    func encryptRefused(_ malformed: Case) {
        #expect(throws: WireError(malformed.code, "")) { try parsing(bytes(hex: malformed.hex)) { try EncryptRequestView(parsing: $0) } }
    }

    @Test(
        "The same scope and context are refused in a decrypt request",
        arguments: encrypt.filter { $0.hex.hasPrefix("01 61 ") && !$0.hex.hasPrefix("01 61 00") })
    func decryptRefused(_ malformed: Case) {
        let fields = bytes(hex: String(malformed.hex.dropFirst(6)))
        #expect(throws: WireError(malformed.code, "")) { try parsing(fields) { try DecryptRequestView(parsing: $0) } }
    }

    @Test(
        "A creation is refused",
        arguments: [
            Case(testDescription: "kind 3", hex: "01 61 03"), Case(testDescription: "bytes behind a managed key", hex: "01 61 00 00"),
            Case(testDescription: "31 bytes of material", hex: "01 61 01" + String(repeating: "00", count: 31)),
            Case(testDescription: "33 bytes of material", hex: "01 61 01" + String(repeating: "00", count: 33)),
            Case(testDescription: "no external id", hex: "01 61 02 0001 61 0000"), Case(testDescription: "no kind", hex: "01 61"),
        ])
    func creation(_ malformed: Case) {
        #expect(throws: WireError(.malformedField, "")) {
            try parsing(bytes(hex: malformed.hex)) { try CreateEnvironmentRequest(parsing: $0) }
        }
    }

    @Test(
        "A replacement is refused",
        arguments: [
            Case(testDescription: "no flags", hex: "01 61"), Case(testDescription: "flags without a main key", hex: "01 61 00"),
            Case(testDescription: "an unknown flag", hex: "01 61 08 00"), Case(testDescription: "kind 3", hex: "01 61 00 03"),
            Case(testDescription: "bytes behind a managed key", hex: "01 61 00 00 00"),
            Case(testDescription: "31 bytes of material", hex: "01 61 00 01" + String(repeating: "00", count: 31)),
            Case(testDescription: "no external id", hex: "01 61 01 02 0001 61 0000"),
        ])
    func replacement(_ malformed: Case) {
        #expect(throws: WireError(.malformedField, "")) {
            try parsing(bytes(hex: malformed.hex)) { try ReplaceMainKeyRequest(parsing: $0) }
        }
    }

    @Test(
        "A retention is refused",
        arguments: [
            Case(testDescription: "of nothing that is named", hex: "01 61"), Case(testDescription: "of what is unknown", hex: "01 61 08"),
            Case(testDescription: "without its hours", hex: "01 61 01"), Case(testDescription: "half its hours", hex: "01 61 01 00000000"),
            Case(testDescription: "without its logs", hex: "01 61 03 0000000000000001"),
            Case(testDescription: "bytes behind it", hex: "01 61 00 00"),
        ])
    func retention(_ malformed: Case) {
        #expect(throws: WireError(.malformedField, "")) {
            try parsing(bytes(hex: malformed.hex)) { try RetentionRequest(parsing: $0) }
        }
    }

    @Test(
        "An erasure is refused",
        arguments: [
            Case(testDescription: "no subject", hex: "01 61"), Case(testDescription: "subject 0", hex: "01 61 00 01 61"),
            Case(testDescription: "subject 4", hex: "01 61 04 01 61"), Case(testDescription: "half a time", hex: "01 61 01 00000000"),
            Case(testDescription: "no confirmation", hex: "01 61 01 0000000000000001"),
            Case(testDescription: "a connection without an id", hex: "01 61 02 0000 01 61"),
            Case(testDescription: "a connection of 513 bytes", hex: "01 61 02 0201" + String(repeating: "61", count: 513) + "01 61"),
            Case(testDescription: "bytes behind it", hex: "01 61 02 0001 61 01 61 00"),
        ])
    func erasure(_ malformed: Case) {
        #expect(throws: WireError(.malformedField, "")) {
            try parsing(bytes(hex: malformed.hex)) { try ErasureRequest(parsing: $0) }
        }
    }

    @Test(
        "A lock is refused",
        arguments: [
            Case(testDescription: "no reason", hex: "01 61"), Case(testDescription: "a reason past the end", hex: "01 61 0002 61"),
            Case(testDescription: "a reason that is not UTF-8", hex: "01 61 0001 FF"),
            Case(testDescription: "a reason of 1025 bytes", hex: "01 61 0401" + String(repeating: "61", count: 1025)),
        ])
    func lock(_ malformed: Case) {
        #expect(throws: WireError(.malformedField, "")) { try parsing(bytes(hex: malformed.hex)) { try LockRequest(parsing: $0) } }
    }

    @Test("No error says what stood in the frame")
    func silent() {
        let secret = "topsecretvalue"
        var fields: [UInt8] = [1, 0x61, 3, 0, 2]
        for _ in 0..<2 {
            fields += [0, 1, 0x61, 0, UInt8(secret.utf8.count)]
            fields += secret.utf8
        }
        do {
            _ = try EncryptRequestView(parsing: fields.span.bytes)
            Issue.record("accepted")
        } catch {
            #expect(!"\(error)".contains(secret))
            #expect(!error.remedy.isEmpty)
        }
    }
}
