import EKMServer
import EKMWire
import Glibc
import KeyHierarchy
import Testing

@Suite("Every operation and every grant")
struct AuthorizationMatrixTests {
    /// Who may, as a person wrote it down: the permissions of which one is enough, and whether it must be granted on the environment, on any
    /// at all, or on all of them.
    static let table: [String: (allowed: Set<Permission>, on: String)] = [
        "hello": ([], "nobody asks"), "ping": ([], "nobody asks"), "whoami": ([], "nobody asks"),
        "encrypt": ([.encrypt], "it"), "decrypt": ([.decrypt], "it"), "generate-data-key": ([.dataKey], "it"),
        "open-data-key": ([.dataKey], "it"), "encrypt-batch": ([.encrypt], "it"), "decrypt-batch": ([.decrypt], "it"),
        "create-environment": ([.admin], "it"), "list-environments": ([.status, .admin], "any"),
        "page-environments": ([.status, .admin], "any"),
        "show-environment": ([.status, .admin], "it"),
        "delete-environment": ([.admin], "it"), "external-id": ([.status, .admin], "it"), "deletion-preview": ([.status, .admin], "it"),
        "lock-environment": ([.admin], "it"), "unlock-environment": ([.admin], "it"), "set-retention": ([.admin], "it"),
        "replace-main-key": ([.admin], "it"), "show-main-key": ([.status, .admin], "it"), "refresh-main-key": ([.admin], "it"),
        "rotate-main-key": ([.admin], "it"), "withdraw-material": ([.admin], "it"), "cancel-pending-main-key": ([.admin], "it"),
        "show-repack": ([.status, .admin], "it"), "pause-repack": ([.admin], "it"), "resume-repack": ([.admin], "it"),
        "cancel-repack": ([.admin], "it"),
        "preview-erasure": ([.status, .admin], "it"), "erase": ([.admin], "it"), "list-receipts": ([.status, .admin], "it"),
        "show-receipt": ([.status, .admin], "it"), "receipt-public-key": ([.status, .admin], "any"),
        "status": ([.status, .admin], "any"), "root-export": ([.admin], "all"), "confirm-root-export": ([.admin], "all"),
        "show-clock": ([.status, .admin], "any"), "accept-clock": ([.admin], "all"), "diagnose": ([.status, .admin], "it"),
    ]

    /// What somebody has.
    struct Holding: CustomTestStringConvertible, Sendable {
        var subject = Grant.Subject.user(name: "me", id: getuid())
        var permission: Permission?
        var environments = "acme/*"
        /// No grants at all are configured; whether the asking user started the daemon.
        var owner: Bool?

        var testDescription: String {
            owner.map { $0 ? "the owner, without grants" : "another than the owner, without grants" }
                ?? "\(subject) \(permission?.rawValue ?? "nothing") on \(environments)"
        }

        var policy: Authorizer.Policy {
            if let owner { return .ownerMayDoEverything(owner ? getuid() : getuid() + 1) }
            guard let permission else { return .grants([]) }
            return .grants([Grant(subject: subject, environments: [environments], allow: [permission])])
        }

        func may(_ name: String) -> Bool {
            guard let row = table[name] else { return false }
            if row.on == "nobody asks" { return true }
            if let owner { return owner }
            guard let permission, row.allowed.contains(permission) else { return false }
            // Whose number is another's has nothing.
            switch subject {
            case .user(_, let id): if id != getuid() { return false }
            case .group(_, let id): if id != getgid() { return false }
            }
            switch row.on {
            case "any": return true
            case "all": return environments == "*"
            default: return environments == "*" || environments == "acme/*"
            }
        }
    }

    static let holdings: [Holding] =
        [Holding(), Holding(owner: true), Holding(owner: false)]
        + Permission.allCases.flatMap { permission in
            [
                Holding(permission: permission), Holding(permission: permission, environments: "other/*"),
                Holding(permission: permission, environments: "*"),
                Holding(subject: .group(name: "mine", id: getgid()), permission: permission),
                Holding(subject: .group(name: "theirs", id: getgid() + 1), permission: permission),
                Holding(subject: .user(name: "other", id: getuid() + 1), permission: permission, environments: "*"),
                Holding(subject: .user(name: "unknown", id: nil), permission: permission, environments: "*"),
            ]
        }

    @Test("the table that a person wrote has every operation")
    func complete() {
        #expect(Set(Self.table.keys) == Set(EKMWire.Operation.declarations.map(\.name)))
    }

    @Test("who may, may; who may not, is refused, and whoami says the same without trying", arguments: holdings)
    func matrix(_ holding: Holding) async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let things = try await Things(client)
            server.authorizer.apply(holding.policy)
            let asked = try await client.ask(Requests.whoami("acme/prod"))
            let told = try ReportCoding.decode(PermissionsReport.self, from: asked.fields.span.bytes)
            // What deletes comes last.
            let declarations = EKMWire.Operation.declarations.sorted { $0.name != "delete-environment" && $1.name == "delete-environment" }
            for declaration in declarations {
                let reply = try await client.ask(things.request(declaration.operation))
                #expect(
                    things.isRefused(reply.code, declaration.operation) != holding.may(declaration.name),
                    "\(declaration.name): \(reply.error?.message ?? "done")")
                // Whose environment a ciphertext or a receipt is, whoami cannot know: it was asked about this one.
                #expect(
                    told.operations.first { $0.name == declaration.name }?.isAllowed == holding.may(declaration.name), "\(declaration.name)"
                )
            }
        }
    }

    /// What requests need that is there before.
    struct Things {
        let ciphertext: [UInt8]
        let lent: [UInt8]
        let receipt: String

        init(_ client: RawClient) async throws {
            ciphertext = try await client.ask(Requests.encrypt([1], in: "acme/prod")).fields
            let answer = try await client.ask(Requests.generateDataKey(in: "acme/prod")).fields
            lent = Array(answer.dropFirst(4).dropLast(32))
            _ = try await client.ask(Requests.encrypt([1], in: "acme/prod", .connection("c")))
            let erased = try await client.ask(Requests.erase("acme/prod", .connection("c"))).fields
            receipt = try ReportCoding.decode(ReceiptReport.self, from: erased.span.bytes).id
        }

        func request(_ operation: EKMWire.Operation) -> [UInt8] {
            switch operation {
            case .hello: Requests.hello()
            case .encrypt: Requests.encrypt([1], in: "acme/prod")
            case .decrypt: Requests.decrypt(ciphertext)
            case .generateDataKey: Requests.generateDataKey(in: "acme/prod")
            case .openDataKey: Requests.openDataKey(lent)
            case .createEnvironment: Requests.create("acme/new")
            case .deleteEnvironment, .withdrawMaterial: Requests.confirmed(operation, "acme/prod", "acme/prod")
            case .lockEnvironment: Requests.lock("acme/prod", reason: "x")
            case .setRetention: Requests.retention("acme/prod", RetentionChange(hours: .forever))
            case .replaceMainKey: Requests.replace("acme/prod")
            case .previewErasure: Requests.erasurePreview("acme/prod", .connection("c"))
            case .erase: Requests.erase("acme/prod", .connection("c"))
            case .showReceipt: Requests.receipt(receipt)
            case .confirmRootExport: Requests.confirmRootExport("00")
            case .encryptBatch: Requests.batch(operation, [[1]], in: "acme/prod")
            case .decryptBatch: Requests.batch(operation, [ciphertext], in: "acme/prod")
            case .whoami: Requests.whoami("")
            case .pageEnvironments: Requests.page()
            case .ping, .listEnvironments, .status, .rootExport, .receiptPublicKey, .showClock, .acceptClock: Requests.empty(operation)
            default: Requests.named(operation, "acme/prod")
            }
        }

        /// What does not tell its environment is refused as if that were not there.
        func isRefused(_ code: ErrorCode?, _ operation: EKMWire.Operation) -> Bool {
            switch operation {
            case .decrypt, .openDataKey: code == .notGranted || code == .unknownEnvironment
            case .showReceipt: code == .notGranted || code == .noReceipt
            default: code == .notGranted
            }
        }
    }
}
