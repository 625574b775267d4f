import Testing

@testable import EKMWire

@Suite("The encryption context")
struct EncryptionContextTests {
    @Test("Two pairs are never one pair")
    func unambiguous() throws {
        #expect(try EncryptionContext(["a": "b", "c": "d"]) != EncryptionContext(["a": "bcd"]))
        #expect(try EncryptionContext(["a": "b"]) != EncryptionContext(["ab": ""]))
        #expect(try EncryptionContext(["a": ""]) != EncryptionContext())
    }

    @Test("The order of the pairs does not matter")
    func order() throws {
        let pairs = (0..<64).map { ("key-\($0)", "value") }
        var generator = SeededGenerator(state: 1)
        let expected = try EncryptionContext(pairs)
        for _ in 0..<20 { #expect(try EncryptionContext(pairs.shuffled(using: &generator)) == expected) }
        #expect(expected.count == 64)
    }

    @Test("Keys sort by their bytes, a prefix first")
    func bytewise() throws {
        let context = try EncryptionContext([("é", "4"), ("b", "3"), ("Z", "1"), ("Za", "2")])
        #expect(
            context.canonicalBytes
                == bytes(hex: "0004 0001 5A 0001 31 0002 5A61 0001 32 0001 62 0001 33 0002 C3A9 0001 34"))
    }

    @Test("No pairs are no bytes, and two on the wire")
    func empty() throws {
        #expect(try EncryptionContext([:]).canonicalBytes.isEmpty)
        var wire: [UInt8] = []
        EncryptionContext().append(to: &wire)
        #expect(wire == [0, 0])
        var reader = WireReader()
        let field = try ContextField(reading: &reader, in: wire.span.bytes)
        #expect(field.isCanonical && field.canonical.isEmpty)
    }

    @Test("Unicode that looks the same is not the same key")
    func noNormalisation() throws {
        let context = try EncryptionContext([("\u{E9}", "1"), ("e\u{301}", "2")])
        #expect(context.count == 2)
    }

    @Test("A key that stands twice is refused, wherever it stands")
    func duplicates() {
        #expect(throws: WireError(.contextInvalid, "")) { try EncryptionContext([("a", "1"), ("b", "2"), ("a", "1")]) }
        let wire = bytes(hex: "0003 0001 61 0000 0001 62 0000 0001 61 0000")
        #expect(throws: WireError(.contextInvalid, "")) {
            var reader = WireReader()
            let field = try ContextField(reading: &reader, in: wire.span.bytes)
            _ = try parsing(wire) { try EncryptionContext(field, in: $0) }
        }
    }

    @Test("Pairs out of order are seen, and put in order")
    func outOfOrder() throws {
        let wire = bytes(hex: "FF 0002 0001 63 0001 64 0001 61 0001 62 FF")
        var reader = WireReader(at: 1)
        let field = try ContextField(reading: &reader, in: wire.span.bytes)
        #expect(!field.isCanonical)
        #expect(reader.offset == wire.count - 1)
        #expect(try parsing(wire) { try EncryptionContext(field, in: $0) } == EncryptionContext(["a": "b", "c": "d"]))
    }

    @Test("What is canonical on the wire equals what the pairs encode to")
    func inPlace() throws {
        let context = try EncryptionContext(["job": "42", "tenant": "acme", "a": ""])
        var wire: [UInt8] = []
        context.append(to: &wire)
        var reader = WireReader()
        let field = try ContextField(reading: &reader, in: wire.span.bytes)
        #expect(field.isCanonical)
        #expect(Array(wire[field.canonical]) == context.canonicalBytes)
        #expect(try parsing(wire) { try EncryptionContext(field, in: $0) } == context)
    }

    @Test(
        "Limits are kept",
        arguments: [
            [("", "")], [(String(repeating: "k", count: 257), "")], [("k", String(repeating: "v", count: 4097))],
            (0..<65).map { ("\($0)", "") }, (0..<3).map { ("\($0)", String(repeating: "v", count: 4000)) },
        ])
    func limits(pairs: [(String, String)]) {
        #expect(throws: WireError(.contextInvalid, "")) { try EncryptionContext(pairs) }
    }

    @Test("The largest values are allowed")
    func largest() throws {
        #expect(try EncryptionContext([(String(repeating: "k", count: 256), String(repeating: "v", count: 4096))]).count == 1)
        // 2 + (4 + 1 + 4096) + (4 + 1 + 4084) is 8 KiB.
        #expect(
            try EncryptionContext([("a", String(repeating: "v", count: 4096)), ("b", String(repeating: "v", count: 4084))]).canonicalBytes
                .count == 8192)
    }

    @Test("Printing a context does not tell what it holds")
    func printing() throws {
        let context = try EncryptionContext(["tenant": "acme"])
        var dumped = ""
        dump(context, to: &dumped)
        #expect(!"\(context) \(String(reflecting: context)) \(dumped)".contains("acme"))
        #expect(!dumped.contains("97"))
    }
}
