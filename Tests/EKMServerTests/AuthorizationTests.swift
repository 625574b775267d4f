import EKMServer
import EKMWire
import Glibc
import KeyHierarchy
import Keyring
import Testing

@Suite("Who may do what")
struct AuthorizationTests {
    static let app = Peer(process: 1, user: 1000, groups: [1000, 50])
    static let operations = Peer(process: 2, user: 2000, groups: [2000, 60])
    static let adminOfAll = OperationDeclaration.Need.everything([.admin])
    static let policy = Authorizer.Policy.grants([
        Grant(subject: .user(name: "app", id: 1000), environments: ["acme/*"], allow: [.encrypt, .decrypt]),
        Grant(subject: .user(name: "app", id: 1000), environments: ["*/shared"], allow: [.dataKey]),
        Grant(subject: .group(name: "readers", id: 50), environments: ["other/prod"], allow: [.status]),
        Grant(subject: .group(name: "admins", id: 60), environments: ["*"], allow: [.admin, .status]),
        Grant(subject: .user(name: "nobody-knows", id: nil), environments: ["*"], allow: [.encrypt]),
    ])

    @Test(
        "A grant holds for its subject, its environments and what it allows, and for nothing else",
        arguments: [
            (app, Permission.encrypt, "acme/prod", true), (app, .decrypt, "acme/dev", true), (app, .encrypt, "acmee/prod", false),
            (app, .encrypt, "other/prod", false), (app, .dataKey, "acme/prod", false), (app, .dataKey, "acme/shared", true),
            (app, .dataKey, "x/shared", true), (app, .dataKey, "x/share", false), (app, .dataKey, "x/shared-2", false),
            (app, .status, "other/prod", true), (app, .status, "other/dev", false), (app, .admin, "acme/prod", false),
            (operations, .admin, "any/thing", true), (operations, .encrypt, "any/thing", false), (operations, .status, "any/thing", true),
        ])
    func table(_ peer: Peer, _ permission: Permission, _ environment: String, _ allowed: Bool) throws {
        let authorizer = Authorizer(Self.policy)
        #expect(authorizer.allows([permission], on: try EnvironmentName(environment), to: peer) == allowed)
    }

    @Test("What stands above all environments needs admin on all") func adminOfAll() throws {
        let authorizer = Authorizer(Self.policy)
        #expect(throws: WireError(.notGranted, "")) { try authorizer.require(Self.adminOfAll, on: nil, for: Self.app) }
        try authorizer.require(Self.adminOfAll, on: nil, for: Self.operations)
        let partly = Authorizer(.grants([Grant(subject: .user(name: "app", id: 1000), environments: ["acme/*"], allow: [.admin])]))
        #expect(throws: WireError(.notGranted, "")) { try partly.require(Self.adminOfAll, on: nil, for: Self.app) }
    }

    @Test("Without grants the owner may do everything, and nobody else anything") func owner() throws {
        let authorizer = Authorizer(.ownerMayDoEverything(1000))
        let name = try EnvironmentName("acme/prod")
        for permission in Permission.allCases {
            #expect(authorizer.allows([permission], on: name, to: Self.app))
            #expect(!authorizer.allows([permission], on: name, to: Self.operations))
        }
        #expect(!authorizer.allows([.status], on: name, to: Peer(process: 3, user: 0, groups: [0])))
    }

    @Test("A refusal names the grant that is missing, and its user as the grants do: the user database may be far away")
    func refusal() throws {
        let name = try EnvironmentName("acme/prod")
        let messages = [Self.app, Peer(process: 1, user: 0, groups: [])].map { peer in
            let error = #expect(throws: WireError.self) { try Authorizer(Self.policy).require(.environment([.admin]), on: name, for: peer) }
            return error?.message
        }
        let start = "Not granted: this needs allow: [admin] on acme/prod for"
        // The machine knows user 0 as root; no grant does.
        #expect(messages == ["\(start) user app (uid 1000).", "\(start) uid 0."])
    }

    @Test(
        "Each operation needs its grant, and says so",
        arguments: [
            (Requests.encrypt([1], in: "acme/prod"), "encrypt"), (Requests.generateDataKey(in: "acme/prod"), "data-key"),
            (Requests.create("acme/new"), "admin"), (Requests.delete("acme/prod", confirmation: "acme/prod"), "admin"),
            (Requests.named(.showEnvironment, "acme/prod"), "status"), (Requests.named(.deletionPreview, "acme/prod"), "status"),
            (Requests.named(.externalID, "acme/prod"), "status"), (Requests.empty(.listEnvironments), "status"),
            (Requests.empty(.status), "status"), (Requests.empty(.rootExport), "admin"),
            (Requests.confirmRootExport("00"), "admin"),
        ])
    func operation(_ request: [UInt8], _ permission: String) async throws {
        let everything = Authorizer.Policy.ownerMayDoEverything(getuid())
        try await withServer(policy: .grants([])) { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let refused = try await client.ask(request)
            #expect(refused.code == .notGranted && refused.error?.message.contains("allow: [\(permission)]") == true)
            server.authorizer.apply(everything)
            // A copy of another root key is refused for what it is.
            #expect([nil, .confirmationMismatch].contains(try await client.ask(request).code))
        }
    }

    @Test("A policy that is applied holds for open connections and warm keys at once") func reload() async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let ciphertext = try await client.ask(Requests.encrypt([1], in: "acme/prod")).fields
            #expect(try await client.ask(Requests.decrypt(ciphertext)).fields == [1])
            let me = Grant.Subject.user(name: "me", id: getuid())
            server.authorizer.apply(.grants([Grant(subject: me, environments: ["acme/*"], allow: [.encrypt])]))
            #expect(try await client.ask(Requests.decrypt(ciphertext)).code == .notGranted)
            #expect(try await client.ask(Requests.encrypt([1], in: "acme/prod")).status == 0)
            server.authorizer.apply(.grants([Grant(subject: me, environments: ["acme/*"], allow: [.decrypt])]))
            #expect(try await client.ask(Requests.decrypt(ciphertext)).fields == [1])
            #expect(try await client.ask(Requests.encrypt([1], in: "acme/prod")).code == .notGranted)
            #expect(try await client.ask(Requests.openDataKey(ciphertext)).code == .unknownFormat)
        }
    }

    @Test("Whether an environment exists is not told to who may not use it") func hidden() async throws {
        try await withServer(policy: .grants([])) { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            #expect(try await client.ask(Requests.encrypt([1], in: "acme/prod")).code == .notGranted)
            #expect(try await client.ask(Requests.encrypt([1], in: "acme/none")).code == .notGranted)
        }
    }

    @Test("Nor is it told of an environment that only a ciphertext or a lent key names")
    func hiddenByID() async throws {
        let everything = Authorizer.Policy.ownerMayDoEverything(getuid())
        let me = Grant.Subject.user(name: "me", id: getuid())
        let elsewhere = Grant(subject: me, environments: ["other/*"], allow: [.decrypt, .dataKey, .status])
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let decrypt = try await client.ask(Requests.encrypt([1], in: "acme/prod")).fields
            let lent = try await client.ask(Requests.generateDataKey(in: "acme/prod")).fields
            let wrapped = Array(lent[4..<4 + 126])
            var answers: [[WireError?]] = []
            for isHere in [true, false] {
                server.authorizer.apply(everything)
                if !isHere {
                    _ = try await client.ask(Requests.delete("acme/prod", confirmation: "acme/prod"))
                }
                for policy in [Authorizer.Policy.grants([]), .grants([elsewhere])] {
                    server.authorizer.apply(policy)
                    answers.append([
                        try await client.ask(Requests.decrypt(decrypt)).error, try await client.ask(Requests.openDataKey(wrapped)).error,
                    ])
                }
            }
            #expect(answers[0].map { $0?.code } == [.notGranted, .notGranted])
            #expect(answers[1].map { $0?.code } == [.unknownEnvironment, .unknownEnvironment])
            // What it says is the same, too.
            let words = answers.map { $0.map { "\($0?.message ?? "") \($0?.remedy ?? "")" } }
            #expect(words[0] == words[2] && words[1] == words[3], "\(words)")
            #expect(!words.joined().contains { $0.contains("acme") })
        }
    }

    @Test("A list holds only what the peer may see") func filteredList() async throws {
        let grant = Grant(subject: .user(name: "me", id: getuid()), environments: ["acme/*"], allow: [.status])
        try await withServer(policy: .grants([grant])) { server in
            try await server.create("acme/prod")
            try await server.create("other/prod")
            let client = try await server.connect()
            let list = try await client.ask(Requests.empty(.listEnvironments))
            #expect(try ReportCoding.decode([EnvironmentReport].self, from: list.fields.span.bytes).map(\.environment) == ["acme/prod"])
        }
    }
}
