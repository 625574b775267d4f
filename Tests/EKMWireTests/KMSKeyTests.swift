import Testing

@testable import EKMWire

@Suite("A key in a KMS crosses the wire as data")
struct KMSKeyTests {
    private static let widest = KMSKey(
        kind: String(repeating: "k", count: 63), key: String(repeating: "é", count: 1024),
        options: Dictionary(
            uniqueKeysWithValues: (0..<16).map { ("option-\($0)", String(repeating: "v", count: 2048)) }))

    @Test(
        "any kind, key and options come back as they went, up to every bound",
        arguments: [
            KMSKey(kind: "a", key: "k"), KMSKey(kind: "of-tomorrow", key: "mount/key 7", options: ["b": "2", "a": "", "a-b": "1"]), widest,
        ])
    func roundTrip(_ key: KMSKey) throws {
        var bytes: [UInt8] = []
        try CreateEnvironmentRequest.encode(environment: "a/b", key: key, into: &bytes, requestID: 1)
        #expect(try parsing(soleFrame(bytes)) { try CreateEnvironmentRequest(parsing: $0) }.mainKey == .kms(key))
    }

    @Test(
        "what passes a bound, or would be read by nobody well, does not leave the client",
        arguments: [
            KMSKey(kind: "", key: "k"), KMSKey(kind: "Kind", key: "k"), KMSKey(kind: String(repeating: "k", count: 64), key: "k"),
            KMSKey(kind: "a", key: String(repeating: "k", count: 2049)), KMSKey(kind: "a", key: "k\u{1B}[2J"),
            KMSKey(kind: "a", key: "k", options: ["a": String(repeating: "v", count: 2049)]),
            KMSKey(kind: "a", key: "k", options: ["a": "1\n2"]), KMSKey(kind: "a", key: "k", options: ["": "1"]),
            KMSKey(kind: "a", key: "k", options: ["a b": "1"]),
            KMSKey(kind: "a", key: "k", options: Dictionary(uniqueKeysWithValues: (0..<17).map { ("o\($0)", "") })),
        ])
    func bounds(_ key: KMSKey) {
        var bytes: [UInt8] = [9]
        #expect(throws: WireError(.malformedField, "")) {
            try CreateEnvironmentRequest.encode(environment: "a/b", key: key, into: &bytes, requestID: 1)
        }
        #expect(bytes == [9])
    }

    @Test(
        "a daemon takes options in order alone, each once, and no more than there may be",
        arguments: [["b", "a"], ["a", "a"], (10..<27).map { "o\($0)" }])
    func order(_ names: [String]) throws {
        var fields: [UInt8] = []
        try fields.appendString8("a/b", "environment")
        fields.append(3)
        try fields.appendString8("kind", "kind")
        try fields.appendString16("key", "key")
        fields.append(UInt8(names.count))
        for name in names {
            try fields.appendString8(name, "name")
            try fields.appendString16("", "value")
        }
        #expect(throws: WireError(.malformedField, "")) {
            _ = try parsing(fields) { try CreateEnvironmentRequest(parsing: $0) }
        }
    }

    @Test("the number of the layout that knew one kind of KMS is not used again")
    func retired() {
        #expect(throws: WireError(.malformedField, "")) {
            _ = try parsing([3, 0x61, 0x2F, 0x62, 2, 0, 1, 0x6B, 0, 0, 0, 0]) { try CreateEnvironmentRequest(parsing: $0) }
        }
    }
}
