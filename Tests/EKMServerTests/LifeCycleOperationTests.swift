import Cryptography
import EKMServer
import EKMWire
import FoundationEssentials
import Glibc
import KeyHierarchy
import Keyring
import TestSupport
import Testing
import Upkeep

@Suite("Operations on the life of a main key")
struct LifeCycleOperationTests {
    private static let material = [UInt8](1...32)

    private func replace(
        _ client: RawClient, _ name: String, _ flags: ReplacementFlags = [], material: [UInt8]
    ) async throws -> RawClient.Reply {
        var request: [UInt8] = []
        try ReplaceMainKeyRequest.encode(environment: name, flags: flags, material: material.span.bytes, into: &request, requestID: 1)
        return try await client.ask(request)
    }

    private func report<Report: Decodable>(_ type: Report.Type, _ reply: RawClient.Reply) throws -> Report {
        try #require(reply.code == nil, "\(String(describing: reply.code))")
        return try ReportCoding.decode(type, from: reply.fields.span.bytes)
    }

    @Test("A main key is replaced, after a dry run that changes nothing, and not twice within 24 hours") func replacement() async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let ciphertext = try await client.ask(Requests.encrypt([1], in: "acme/prod")).fields

            let plan = try report(
                ReplacementOutcomeReport.self, try await replace(client, "acme/prod", .dryRun, material: Self.material))
            #expect(plan.outcome == "planned" && plan.keysToMove == 1 && plan.mainKey.kind == "material" && !plan.probe.isEmpty)
            let before = try report(KeyReport.self, try await client.ask(Requests.named(.showMainKey, "acme/prod")))
            #expect(before.mainKey.kind == "managed" && before.replacement.lastAt == nil && before.repack == nil)

            let done = try report(ReplacementOutcomeReport.self, try await replace(client, "acme/prod", material: Self.material))
            #expect(done.outcome == "replaced" && done.keysToMove == 1 && done.allowedFrom != nil)
            let after = try report(KeyReport.self, try await client.ask(Requests.named(.showMainKey, "acme/prod")))
            #expect(after.mainKey.kind == "material" && after.replacement.allowedFrom == done.allowedFrom)
            #expect(after.census.map(\.keys) == [1, 0] && after.census.map(\.isCurrent) == [false, true])
            #expect(after.census.map(\.mainKey.kind) == ["managed", "material"])
            #expect(try await client.ask(Requests.decrypt(ciphertext)).fields == [1])
            let again = try await replace(client, "acme/prod", material: Self.material)
            #expect(again.code == .replacementTooSoon)
        }
    }

    @Test("A repack is shown, paused, resumed and cancelled; where there is none that is said") func repack() async throws {
        try await withServer { server in
            // What is shown is not to be over before.
            server.assembly.repacks.stop()
            try await server.create("acme/prod")
            let client = try await server.connect()
            _ = try await client.ask(Requests.encrypt([1], in: "acme/prod"))
            #expect(try report(RepackReport.self, try await client.ask(Requests.named(.showRepack, "acme/prod"))).state == "none")
            #expect(try await client.ask(Requests.named(.pauseRepack, "acme/prod")).code == .noRepack)

            _ = try await replace(client, "acme/prod", material: Self.material)
            let begun = try report(RepackReport.self, try await client.ask(Requests.named(.showRepack, "acme/prod")))
            #expect(begun.state == "running" && begun.cause == "replacement" && begun.moved == 0 && begun.total == 1)
            #expect(begun.from.map(\.version) == [1] && begun.to?.version == 2 && begun.to?.mainKey.kind == "material")
            let paused = try report(RepackReport.self, try await client.ask(Requests.named(.pauseRepack, "acme/prod")))
            #expect(paused.state == "paused")
            let resumed = try report(RepackReport.self, try await client.ask(Requests.named(.resumeRepack, "acme/prod")))
            #expect(resumed.state == "running")
            #expect(try await client.ask(Requests.named(.cancelRepack, "acme/prod")).code == nil)
            let shown = try report(KeyReport.self, try await client.ask(Requests.named(.showMainKey, "acme/prod")))
            #expect(shown.mainKey.kind == "managed" && shown.replacement.allowedFrom != nil)
        }
    }

    @Test("A managed key is rotated; other kinds are not, and managed ones are not withdrawn") func rotation() async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let first = try report(KeyReport.self, try await client.ask(Requests.named(.showMainKey, "acme/prod")))
            #expect(first.rotation.kind == "automatic" && first.rotation.days == 365 && first.rotation.next != nil)
            let rotated = try report(KeyReport.self, try await client.ask(Requests.named(.rotateMainKey, "acme/prod")))
            #expect(rotated.census.last?.version == 2 && rotated.census.last?.isCurrent == true)
            let withdrawal = Requests.confirmed(.withdrawMaterial, "acme/prod", "acme/prod")
            #expect(try await client.ask(withdrawal).code == .wrongKeyKind)
            #expect(try await client.ask(Requests.named(.cancelPendingMainKey, "acme/prod")).code == .wrongKeyKind)
        }
    }

    @Test("Material is withdrawn after its name was typed, and other bytes do not take its place") func withdrawal() async throws {
        try await withServer { server in
            let client = try await server.connect()
            var request: [UInt8] = []
            try CreateEnvironmentRequest.encode(
                environment: "acme/own", material: Self.material.span.bytes, into: &request, requestID: 1)
            _ = try await client.ask(request)
            let ciphertext = try await client.ask(Requests.encrypt([1], in: "acme/own")).fields
            #expect(try await client.ask(Requests.confirmed(.withdrawMaterial, "acme/own", "acme")).code == .confirmationMismatch)
            #expect(try await client.ask(Requests.decrypt(ciphertext)).fields == [1])
            let withdrawn = try report(
                KeyReport.self, try await client.ask(Requests.confirmed(.withdrawMaterial, "acme/own", "acme/own")))
            #expect(withdrawn.state == .revoked)
            #expect(try await client.ask(Requests.decrypt(ciphertext)).code == .revoked)
            let other = try await replace(client, "acme/own", material: [UInt8](2...33))
            #expect(other.code == .materialDiffers)
        }
    }

    @Test("A lock shuts an environment at once, empties memory, and stands in the status; unlocking opens it") func lock() async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let ciphertext = try await client.ask(Requests.encrypt([1], in: "acme/prod")).fields
            let served = try report(EnvironmentReport.self, try await client.ask(Requests.named(.showEnvironment, "acme/prod")))
            #expect(served.inMemory.environmentKeys == 1 && served.inMemory.keys == 2 && served.inMemory.ciphers == 1)

            let locked = try report(EnvironmentReport.self, try await client.ask(Requests.lock("acme/prod", reason: "incident 42")))
            #expect(locked.state == .locked && locked.lock?.reason == "incident 42")
            #expect(try await client.ask(Requests.decrypt(ciphertext)).code == .locked)
            let shut = try report(EnvironmentReport.self, try await client.ask(Requests.named(.showEnvironment, "acme/prod")))
            #expect(shut.inMemory.total == 0)
            let status = try report(StatusReport.self, try await client.ask(Requests.empty(.status)))
            #expect(status.troubled.map(\.environment) == ["acme/prod"] && status.troubled.first?.reason == "incident 42")

            let open = try report(EnvironmentReport.self, try await client.ask(Requests.named(.unlockEnvironment, "acme/prod")))
            #expect(open.lock == nil)
            #expect(try await client.ask(Requests.decrypt(ciphertext)).fields == [1])
        }
    }

    @Test("A retention changes what it names, and is neither nothing nor endless by its number") func retention() async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let set = try report(
                EnvironmentReport.self,
                try await client.ask(
                    Requests.retention("acme/prod", RetentionChange(hours: .seconds(86_400), logs: .seconds(3600), atOnce: true))))
            #expect(set.retention == RetentionReport(hours: 86_400, logs: 3600))
            let kept = try report(
                EnvironmentReport.self, try await client.ask(Requests.retention("acme/prod", RetentionChange(logs: .forever))))
            #expect(kept.retention == RetentionReport(hours: 86_400, logs: nil))
            for seconds in [0, UInt64.max - 1] {
                let refused = try await client.ask(Requests.retention("acme/prod", RetentionChange(hours: .seconds(seconds))))
                #expect(refused.code == .malformedField)
            }
        }
    }

    @Test("A diagnosis names what does not serve, and walks the path of one environment") func diagnosis() async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            try await server.create("acme/dev")
            let client = try await server.connect()
            _ = try await client.ask(Requests.lock("acme/dev", reason: "holidays"))
            let all = try report(DoctorReport.self, try await client.ask(Requests.named(.diagnose, "")))
            #expect(all.checks.contains { $0.name == "acme/dev" && $0.message.contains("holidays") })
            #expect(!all.checks.contains { $0.name == "acme/prod" })
            #expect(all.checks.contains { $0.name == "audit" && $0.outcome == .skipped })
            let one = try report(DoctorReport.self, try await client.ask(Requests.named(.diagnose, "acme/prod")))
            for name in ["environment", "proof", "census"] {
                #expect(one.checks.contains { $0.name == name && $0.outcome == .ok }, "\(name)")
            }
            let locked = try report(DoctorReport.self, try await client.ask(Requests.named(.diagnose, "acme/dev")))
            let shut = try #require(locked.checks.first { $0.name == "environment" })
            #expect(shut.outcome == .failed && shut.remedy == "ekmctl env unlock acme/dev")
            #expect(try await client.ask(Requests.named(.diagnose, "acme/none")).code == .unknownEnvironment)
        }
    }

    private func erase(_ client: RawClient, _ subject: ErasureSubject, _ confirmation: String?) async throws -> RawClient.Reply {
        var request: [UInt8] = []
        try ErasureRequest(environment: "acme/prod", subject: subject, confirmation: confirmation).encode(into: &request, requestID: 1)
        return try await client.ask(request)
    }

    @Test("A connection is erased after its name was typed; the receipt is signed, listed and shown") func erasure() async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let lost = try await client.ask(Requests.encrypt([1], in: "acme/prod", .connection("c"))).fields
            let kept = try await client.ask(Requests.encrypt([2], in: "acme/prod", .connection("d"))).fields
            let preview = try report(DeletionReport.self, try await erase(client, .connection("c"), nil))
            #expect(preview.connectionKeys == 1 && preview.hourlyKeys == 0)
            #expect(try await erase(client, .connection("c"), "acme").code == .confirmationMismatch)
            #expect(try await client.ask(Requests.decrypt(lost)).fields == [1])

            let receipt = try report(ReceiptReport.self, try await erase(client, .connection("c"), "acme/prod"))
            #expect(try await client.ask(Requests.decrypt(lost)).code == .erased)
            #expect(try await client.ask(Requests.decrypt(kept)).fields == [2])
            let document = try #require(Data(base64Encoded: receipt.document))
            let signature = try #require(Data(base64Encoded: receipt.signature))
            let isSigned = server.root.publicKey.isValid([UInt8](signature).span.bytes, over: [UInt8](document).span.bytes)
            #expect(isSigned)
            let key = try report(PublicKeyReport.self, try await client.ask(Requests.empty(.receiptPublicKey)))
            #expect(key.publicKey == receipt.publicKey && Data(base64Encoded: key.publicKey) == Data(server.root.publicKey.bytes))

            let list = try report([ReceiptSummaryReport].self, try await client.ask(Requests.named(.listReceipts, "acme/prod")))
            #expect(list.map(\.id) == [receipt.id] && list[0].keys == 1 && list[0].cause == "command" && list[0].subject == "connection c")
            #expect(try report(ReceiptReport.self, try await client.ask(Requests.receipt(receipt.id))) == receipt)
            for id in ["", "zz", String(repeating: "0", count: 32), String(repeating: "Z", count: 32)] {
                #expect(try await client.ask(Requests.receipt(id)).code == .noReceipt)
            }
            // To one who may look elsewhere there is none either.
            let me = Grant.Subject.user(name: "me", id: getuid())
            server.authorizer.apply(.grants([Grant(subject: me, environments: ["other/*"], allow: [.status])]))
            let hidden = try await client.ask(Requests.receipt(receipt.id))
            let missing = try await client.ask(Requests.receipt(String(repeating: "0", count: 32)))
            #expect(hidden.code == .noReceipt && missing.code == .noReceipt)
            #expect(hidden.error?.message == missing.error?.message.replacing(String(repeating: "0", count: 32), with: receipt.id))
        }
    }

    @Test("A clock that jumped is in doubt; time-bound erasure waits until it is accepted") func clock() async throws {
        try await withServer { server in
            try await server.hierarchies.load()
            try await server.create("acme/prod")
            let client = try await server.connect()
            _ = try await client.ask(Requests.encrypt([1], in: "acme/prod"))
            #expect(try report(ClockReport.self, try await client.ask(Requests.empty(.showClock))).state == "trusted")
            server.wallClock.advance(by: .seconds(86_400))
            let doubt = try report(ClockReport.self, try await client.ask(Requests.empty(.showClock)))
            #expect(doubt.state == "in-doubt" && doubt.reason != nil && doubt.wall != doubt.believed)
            let time = UInt64(server.wallClock.now.seconds - 7200)
            let refused = try await erase(client, .before(unixSeconds: time), "acme/prod").code
            #expect(refused == .clockInDoubt || refused == .malformedField)
            let all = try report(DoctorReport.self, try await client.ask(Requests.named(.diagnose, "")))
            #expect(all.checks.contains { $0.name == "clock" && $0.outcome == .failed })
            #expect(try report(ClockReport.self, try await client.ask(Requests.empty(.acceptClock))).state == "trusted")
            #expect(try report(ReceiptReport.self, try await erase(client, .before(unixSeconds: time), "acme/prod")).id.count == 32)
        }
    }

    /// Operations that change something, and the request of each.
    static let changes: [EKMWire.Operation] = [
        .refreshMainKey, .rotateMainKey, .cancelPendingMainKey, .pauseRepack, .resumeRepack, .cancelRepack, .unlockEnvironment,
    ]
    static let looks: [EKMWire.Operation] = [.showMainKey, .showRepack, .diagnose]

    @Test("Who may only look may not change, and who may only encrypt may not look") func permissions() async throws {
        let me = Grant.Subject.user(name: "me", id: getuid())
        for (permission, mayLook) in [(Permission.status, true), (.encrypt, false)] {
            let policy = Authorizer.Policy.grants([Grant(subject: me, environments: ["acme/*"], allow: [permission])])
            try await withServer(policy: policy) { server in
                try await server.create("acme/prod")
                let client = try await server.connect()
                for operation in Self.looks {
                    let reply = try await client.ask(Requests.named(operation, "acme/prod"))
                    #expect(reply.code == (mayLook ? nil : .notGranted), "\(operation)")
                }
                for operation in Self.changes {
                    #expect(try await client.ask(Requests.named(operation, "acme/prod")).code == .notGranted, "\(operation)")
                }
                let others = [
                    Requests.lock("acme/prod", reason: "x"), Requests.retention("acme/prod", RetentionChange(hours: .forever)),
                    Requests.confirmed(.withdrawMaterial, "acme/prod", "acme/prod"),
                ]
                for request in others { #expect(try await client.ask(request).code == .notGranted) }
                #expect(try await replace(client, "acme/prod", material: Self.material).code == .notGranted)
                #expect(try await erase(client, .connection("c"), "acme/prod").code == .notGranted)
                #expect(try await client.ask(Requests.empty(.acceptClock)).code == .notGranted)
                #expect(try await client.ask(Requests.empty(.showClock)).code == (mayLook ? nil : .notGranted))
            }
        }
    }
}
