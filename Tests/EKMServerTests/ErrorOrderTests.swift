import EKMServer
import EKMWire
import Glibc
import KeyHierarchy
import TestSupport
import Testing

/// Where a request has several faults, which of them is answered: as the article on the protocol says of each code's neighbours.
@Suite("Which of several errors is answered")
struct ErrorOrderTests {
    private static let me = Grant.Subject.user(name: "me", id: getuid())

    /// What an encrypt request holds, of which each may be at fault.
    private static func encrypt(_ name: String, scope: [UInt8] = [4], context: [UInt8] = [0, 0]) -> [UInt8] {
        Requests.raw(3, fields: [UInt8(name.utf8.count)] + Array(name.utf8) + scope + context)
    }

    private static func decrypt(_ ciphertext: [UInt8], scope: [UInt8] = [0], context: [UInt8] = [0, 0]) -> [UInt8] {
        Requests.raw(4, fields: scope + context + ciphertext)
    }

    /// Pairs of a key of one letter and an empty value.
    private static func context(_ keys: String) -> [UInt8] { [0, UInt8(keys.utf8.count)] + keys.utf8.flatMap { [0, 1, $0, 0, 0] } }

    @Test("What the frame holds comes first, field by field: then the name, the grant, and whether there is such an environment")
    func frameThenName() async throws {
        try await withServer(policy: .grants([])) { server in
            let client = try await server.connect()
            let cases: [([UInt8], ErrorCode)] = [
                (Requests.raw(999, flags: 1), .malformedFrame), (Requests.raw(999, fields: [9]), .unknownOperation),
                (Self.encrypt("No Name", scope: [9], context: Self.context("aa")), .malformedField),
                (Self.encrypt("No Name", context: Self.context("aa")), .contextInvalid),
                (Self.encrypt("No Name", context: [0, 1, 0, 1]), .malformedField), (Self.encrypt("No Name"), .invalidName),
                (Self.encrypt("acme/none"), .notGranted), (Self.decrypt([1, 2, 3], context: Self.context("aa")), .contextInvalid),
                // What is no ciphertext is so to everybody.
                (Self.decrypt([1, 2, 3]), .unknownFormat),
            ]
            for (index, (request, code)) in cases.enumerated() {
                #expect(try await client.ask(request).code == code, "\(index)")
            }
            server.authorizer.apply(.grants([Grant(subject: Self.me, environments: ["*"], allow: [.encrypt])]))
            #expect(try await client.ask(Self.encrypt("acme/none")).code == .unknownEnvironment)
        }
    }

    @Test("A key that stands twice in a context, and not side by side, is found only once the key of the data is at hand")
    func lateDuplicate() async throws {
        try await withServer { server in
            let client = try await server.connect()
            let context = Self.context("aba")
            #expect(try await client.ask(Self.encrypt("acme/prod", context: context)).code == .unknownEnvironment)
            try await server.create("acme/prod")
            let ciphertext = try await client.ask(Self.encrypt("acme/prod")).fields
            for _ in 0..<2 { #expect(try await client.ask(Self.encrypt("acme/prod", context: context)).code == .contextInvalid) }
            #expect(try await client.ask(Self.decrypt(ciphertext, context: context)).code == .contextInvalid)
            _ = try await client.ask(Requests.lock("acme/prod", reason: "incident"))
            #expect(try await client.ask(Self.decrypt(ciphertext, context: context)).code == .locked)
        }
    }

    @Test(
        "Another scope than the expected one comes before another context, cold and warm", arguments: RoundTripTests.scopes,
        RoundTripTests.scopes + [.job("43"), .connection("erp")])
    func scopeThenContext(_ scope: EKMWire.Scope, _ expected: EKMWire.Scope) async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let ciphertext = try await client.ask(Requests.encrypt([1], in: "acme/prod", scope, context: ["a": "1"])).fields
            let lent = try await client.ask(Requests.generateDataKey(in: "acme/prod", scope, context: ["a": "1"])).fields
            let code: ErrorCode = scope == expected ? .cannotDecrypt : .wrongScope
            server.expire()
            for context in [["a": "2"], ["a": "2"], [:]] {
                #expect(try await client.ask(Requests.decrypt(ciphertext, expected: expected, context: context)).code == code)
                #expect(
                    try await client.ask(Requests.openDataKey(Array(lent[4..<130]), expected: expected, context: context)).code == code)
            }
        }
    }

    @Test("A scope of another kind comes before whether the environment serves, another id only after it; of a lent key both before")
    func scopeAndLock() async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let ciphertext = try await client.ask(Requests.encrypt([1], in: "acme/prod", .job("42"))).fields
            let lent = Array(try await client.ask(Requests.generateDataKey(in: "acme/prod", .job("42"))).fields[4..<130])
            _ = try await client.ask(Requests.lock("acme/prod", reason: "incident"))
            #expect(try await client.ask(Requests.decrypt(ciphertext, expected: .log)).code == .wrongScope)
            #expect(try await client.ask(Requests.decrypt(ciphertext, expected: .job("43"))).code == .locked)
            #expect(try await client.ask(Requests.openDataKey(lent, expected: .log)).code == .wrongScope)
            #expect(try await client.ask(Requests.openDataKey(lent, expected: .job("43"))).code == .wrongScope)
            #expect(try await client.ask(Requests.openDataKey(lent)).code == .locked)
        }
    }

    @Test("What a field means is judged after the grant and the environment, what the frame may hold before")
    func meaning() async throws {
        try await withServer(policy: .grants([])) { server in
            let client = try await server.connect()
            let request = Requests.lock("acme/prod", reason: "")
            #expect(try await client.ask(request).code == .notGranted)
            server.authorizer.apply(.ownerMayDoEverything(getuid()))
            #expect(try await client.ask(request).code == .unknownEnvironment)
            try await server.create("acme/prod")
            #expect(try await client.ask(request).code == .malformedField)
        }
    }

    @Test("A plaintext whose ciphertext could not come back is told so once the key is there; of a lent key, before anything else")
    func wayBack() async throws {
        try await withServer(limits: ServerLimits(frame: 4096), policy: .grants([])) { server in
            let client = try await server.connect()
            let large = [UInt8](repeating: 7, count: 4050)
            #expect(try await client.ask(Requests.encrypt(large, in: "a/b", .log)).code == .notGranted)
            let context = ["k": String(repeating: "v", count: 4050)]
            #expect(try await client.ask(Requests.generateDataKey(in: "a/b", .log, context: context)).code == .frameTooLarge)
            server.authorizer.apply(.ownerMayDoEverything(getuid()))
            try await server.create("a/b")
            #expect(try await client.ask(Requests.encrypt(large, in: "a/b", .log)).code == .frameTooLarge)
        }
    }
}
