import Cryptography
import EKMServer
import EKMWire
import Glibc
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("Operations on environments and the daemon")
struct OperationTests {
    @Test("An environment is created, shown, listed, previewed and deleted") func lifeOfAnEnvironment() async throws {
        try await withServer { server in
            let client = try await server.connect()
            let created = try await client.ask(Requests.create("acme/prod"))
            let report = try ReportCoding.decode(EnvironmentReport.self, from: created.fields.span.bytes)
            #expect(report.environment == "acme/prod" && report.state == .available && report.mainKey.kind == "managed")
            #expect(report.secondsLeft == 300 && created.secondsLeft.seconds == 300 && report.proof.verdict == "granted")
            #expect(try await client.ask(Requests.create("acme/prod")).code == .environmentExists)
            #expect(try await client.ask(Requests.create("Acme/prod")).code == .invalidName)

            for scope in RoundTripTests.scopes { _ = try await client.ask(Requests.encrypt([1], in: "acme/prod", scope)) }
            let shown = try await client.ask(Requests.named(.showEnvironment, "acme/prod"))
            let after = try ReportCoding.decode(EnvironmentReport.self, from: shown.fields.span.bytes)
            #expect(after.keys == KeyCountReport(hourly: 1, connection: 1, log: 1))
            #expect(after.census == [CensusReport(generation: "fake-1", keys: 3)] && after.id == report.id)
            let list = try await client.ask(Requests.empty(.listEnvironments))
            #expect(try ReportCoding.decode([EnvironmentReport].self, from: list.fields.span.bytes).map(\.id) == [report.id])

            let preview = try await client.ask(Requests.named(.deletionPreview, "acme/prod"))
            let deletion = try ReportCoding.decode(DeletionReport.self, from: preview.fields.span.bytes)
            #expect(deletion.hourlyKeys == 1 && deletion.firstHour == "2026-11-23T10:00:00Z" && deletion.lastHour == deletion.firstHour)
            #expect(try await client.ask(Requests.delete("acme/prod", confirmation: "acme/dev")).code == .confirmationMismatch)
            let deleted = try await client.ask(Requests.delete("acme/prod", confirmation: "acme/prod"))
            #expect(try ReportCoding.decode(DeletionReport.self, from: deleted.fields.span.bytes) == deletion)
            #expect(try await client.ask(Requests.named(.showEnvironment, "acme/prod")).code == .unknownEnvironment)
        }
    }

    @Test("Who destroys something is told where its bytes stand in the store's log still: it is done all the same")
    func notPurged() async throws {
        let failure = KeyStoreError(.busy, "Somebody else reads the store.", remedy: "Stop who reads it.")
        try await withServer { server in
            let client = try await server.connect()
            var create: [UInt8] = []
            try CreateEnvironmentRequest.encode(
                environment: "acme/own", material: [UInt8](repeating: 7, count: 32).span.bytes, into: &create, requestID: 1)
            _ = try await client.ask(create)
            server.store.fail("purge", with: failure)

            let withdrawn = try await client.ask(Requests.confirmed(.withdrawMaterial, "acme/own", "acme/own"))
            let key = try ReportCoding.decode(KeyReport.self, from: withdrawn.fields.span.bytes)
            #expect(
                key.state == .revoked
                    && key.warnings.contains {
                        $0.hasPrefix("The material is destroyed, but the bytes still stand") && $0.contains("\(failure)")
                    })
            #expect(try await client.ask(Requests.encrypt([1], in: "acme/own")).code == .revoked)

            let deleted = try await client.ask(Requests.delete("acme/own", confirmation: "acme/own"))
            let report = try ReportCoding.decode(DeletionReport.self, from: deleted.fields.span.bytes)
            #expect(
                report.environment == "acme/own" && report.purgeDue?.hasPrefix("acme/own is deleted, but the bytes still stand") == true)
            #expect(try await client.ask(Requests.encrypt([1], in: "acme/own")).code == .unknownEnvironment)
        }
    }

    @Test("A warm key of a deleted environment is not used again, under the same name neither") func deletedWhileWarm() async throws {
        try await withServer { server in
            let client = try await server.connect()
            _ = try await client.ask(Requests.create("acme/prod"))
            let ciphertext = try await client.ask(Requests.encrypt([1], in: "acme/prod")).fields
            _ = try await client.ask(Requests.decrypt(ciphertext))
            _ = try await client.ask(Requests.delete("acme/prod", confirmation: "acme/prod"))
            #expect(try await client.ask(Requests.encrypt([1], in: "acme/prod")).code == .unknownEnvironment)
            #expect(try await client.ask(Requests.decrypt(ciphertext)).code == .unknownEnvironment)
            _ = try await client.ask(Requests.create("acme/prod"))
            let again = try await client.ask(Requests.encrypt([1], in: "acme/prod")).fields
            #expect(again[6..<22] != ciphertext[6..<22])
            #expect(try await client.ask(Requests.decrypt(ciphertext)).code == .unknownEnvironment)
        }
    }

    @Test("Uploaded material makes an environment; material of zeros is refused") func material() async throws {
        try await withServer { server in
            let client = try await server.connect()
            for (byte, code) in [(UInt8(0), ErrorCode.materialInvalid), (7, nil)] {
                var request: [UInt8] = []
                try CreateEnvironmentRequest.encode(
                    environment: "acme/own", material: [UInt8](repeating: byte, count: 32).span.bytes, into: &request, requestID: 1)
                #expect(try await client.ask(request).code == code)
            }
            #expect(try await client.ask(Requests.encrypt([1], in: "acme/own")).status == 0)
        }
    }

    @Test("A key in a KMS is kept with its role and an external id of this environment's own") func awsKMS() async throws {
        try await withServer { server in
            let client = try await server.connect()
            let externalID = try await client.ask(Requests.named(.externalID, "acme/kms"))
            let text = String(decoding: externalID.fields, as: UTF8.self)
            var request: [UInt8] = []
            let key = KMSKey(
                kind: "aws-kms", key: "arn:aws:kms:eu-central-1:1:key/12345678", options: ["role-arn": "arn:aws:iam::1:role/r"])
            try CreateEnvironmentRequest.encode(environment: "acme/kms", key: key, into: &request, requestID: 1)
            let created = try await client.ask(request)
            let mainKey = try ReportCoding.decode(EnvironmentReport.self, from: created.fields.span.bytes).mainKey
            #expect(mainKey.kind == "aws-kms" && mainKey.reference == key.key)
            #expect(mainKey.options == ["role-arn": "arn:aws:iam::1:role/r", "external-id": text] && text.hasPrefix("ekmd-"))
            let other = try await client.ask(Requests.named(.externalID, "acme/other"))
            #expect(other.fields != externalID.fields)
        }
    }

    @Test("The status counts environments, requests and connections") func status() async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let other = try await server.connect()
            _ = try await other.ask(Requests.empty(.ping))
            _ = try await client.ask(Requests.encrypt([1], in: "acme/prod"))
            _ = try await client.ask(Requests.encrypt([1], in: "acme/none"))
            server.clock.advance(by: .seconds(90))
            let reply = try await client.ask(Requests.empty(.status))
            let status = try ReportCoding.decode(StatusReport.self, from: reply.fields.span.bytes)
            #expect(status.environments == ["available": 1] && status.connections == 2 && status.uptimeSeconds == 90)
            #expect(status.requests?.byOperation == ["hello": 2, "encrypt": 2, "ping": 1, "status": 1])
            #expect(status.requests?.total == 6 && status.requests?.failed == 1)
            #expect(status.pid == Int(getpid()) && status.socket == server.path && status.rootKeyExported == false)
        }
    }

    @Test("The root key is exported as it is; that is noted when its copy is confirmed, and not before") func rootExport() async throws {
        let exported = Guarded(false)
        let facts = DaemonFacts(
            version: "1", socket: "", state: "", storeBackend: "", isRootKeyExported: { exported.with { $0 } },
            didExportRootKey: { exported.with { $0 = true } }, warnings: { ["Look here."] })
        try await withServer(facts: facts) { server in
            let client = try await server.connect()
            let key = try await client.ask(Requests.empty(.rootExport)).fields
            #expect(key == server.root.withBytes { $0.array($0.byteOffsets) })
            #expect(try await client.ask(Requests.confirmRootExport(RootKey.random().id)).code == .confirmationMismatch)
            #expect(try await client.ask(Requests.confirmRootExport("")).code == .confirmationMismatch)
            #expect(!exported.with { $0 })
            let copy = try SecretBytes(copying: key.span.bytes)
            #expect(try await client.ask(Requests.confirmRootExport(RootKeyID.text(of: copy))).error == nil)
            let status = try await client.ask(Requests.empty(.status))
            let report = try ReportCoding.decode(StatusReport.self, from: status.fields.span.bytes)
            #expect(report.rootKeyExported == true && report.warnings == ["Look here."])
        }
    }

    @Test("A damaged environment says so and stays shut; the others work on") func damaged() async throws {
        try await withServer { server in
            let environment = try await server.create("acme/prod")
            try await server.create("acme/dev")
            server.store.fail(with: KeyStoreError(.damaged, "A row does not verify.", remedy: ""))
            let client = try await server.connect()
            #expect(try await client.ask(Requests.encrypt([1], in: "acme/prod")).code == .damaged)
            server.store.fail(with: nil)
            #expect(try await client.ask(Requests.encrypt([1], in: "acme/prod")).code == .damaged)
            #expect(environment.state(at: server.clock.now) == .damaged)
            #expect(try await client.ask(Requests.encrypt([1], in: "acme/dev")).status == 0)
            let shown = try await client.ask(Requests.named(.showEnvironment, "acme/prod"))
            #expect(try ReportCoding.decode(EnvironmentReport.self, from: shown.fields.span.bytes).state == .damaged)
        }
    }
}
