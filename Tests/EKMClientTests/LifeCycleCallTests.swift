import EKMClient
import EKMWire
import Testing

@Suite("Calls about the life of a main key", .timeLimit(.minutes(2)))
struct LifeCycleCallTests {
    static let key = MainKeyReport(kind: "managed", reference: "")
    static let keyReport = KeyReport(
        environment: "a/b", mainKey: key, generationTold: true, state: .available, proof: ProofReport(verdict: "granted"),
        rotation: RotationReport(kind: "automatic", days: 365, text: "each year"))
    static let repack = RepackReport(state: "running", moved: 1, total: 2)
    static let receipt = ReceiptReport(id: "01", environment: "02", document: "e30=", signature: "AA==", publicKey: "AA==")
    static let environment = EnvironmentReport(
        environment: "a/b", id: "00", state: .locked, mainKey: key, proof: ProofReport(verdict: "none"), secondsLeft: nil, census: [],
        replacement: ReplacementReport(), repack: nil, keys: KeyCountReport(hourly: 0, connection: 0, log: 0), createdAt: "x")

    /// What a daemon would answer, by the operation and the fields that it must have understood.
    static func answer(_ request: FakePeer.Received) throws -> [UInt8] {
        let fields = request.fields.span.bytes
        let operation = request.header.operation
        switch operation {
        case .replaceMainKey:
            let parsed = try ReplaceMainKeyRequest(parsing: fields)
            return try ReportCoding.encode(
                ReplacementOutcomeReport(
                    environment: parsed.environment, outcome: parsed.flags.contains(.dryRun) ? "planned" : "replaced", mainKey: key,
                    probe: ["\(parsed.mainKey)"]))
        case .withdrawMaterial:
            _ = try ConfirmedRequest(operation, parsing: fields)
            return try ReportCoding.encode(keyReport)
        case .showMainKey, .refreshMainKey, .rotateMainKey, .cancelPendingMainKey:
            _ = try EnvironmentRequest(operation, parsing: fields)
            return try ReportCoding.encode(keyReport)
        case .showRepack, .pauseRepack, .resumeRepack, .cancelRepack:
            _ = try EnvironmentRequest(operation, parsing: fields)
            return try ReportCoding.encode(repack)
        case .lockEnvironment:
            var locked = environment
            locked.lock = LockReport(at: "x", reason: try LockRequest(parsing: fields).reason)
            return try ReportCoding.encode(locked)
        case .setRetention:
            var kept = environment
            if case .seconds(let seconds) = try RetentionRequest(parsing: fields).change.hours { kept.retention.hours = Int(seconds) }
            return try ReportCoding.encode(kept)
        case .unlockEnvironment:
            return try ReportCoding.encode(environment)
        case .previewErasure:
            _ = try ErasureRequest(parsingPreview: fields)
            return try ReportCoding.encode(DeletionReport(environment: "a/b", connectionKeys: 1, hourlyKeys: 2, logKeys: 3))
        case .erase:
            _ = try ErasureRequest(parsing: fields)
            return try ReportCoding.encode(receipt)
        case .showReceipt:
            var asked = receipt
            asked.id = try ReceiptRequest(parsing: fields).id
            return try ReportCoding.encode(asked)
        case .listReceipts: return try ReportCoding.encode([ReceiptSummaryReport(id: "01")])
        case .receiptPublicKey: return try ReportCoding.encode(PublicKeyReport(publicKey: "AA=="))
        case .showClock: return try ReportCoding.encode(ClockReport(state: "in-doubt", wall: "x"))
        case .acceptClock: return try ReportCoding.encode(ClockReport(state: "trusted", wall: "x"))
        case .diagnose:
            let name = try EnvironmentRequest(operation, parsing: fields).environment
            return try ReportCoding.encode(DoctorReport(checks: [DoctorReport.Check("environment", .ok, name)]))
        default: return []
        }
    }

    static func serve(_ peer: FakePeer, _ number: Int) {
        while let request = peer.next() {
            do { peer.answer(request, try answer(request)) } catch { peer.fail(request, WireError(.malformedField, "\(error)")) }
        }
    }

    @Test("Each comes back from both faces")
    func faces() async throws {
        try await withDaemon(Self.serve) { client in
            let blocking = client.blocking
            #expect(try blocking.replaceMainKey("a/b", with: .managed).outcome == "replaced")
            #expect(try await client.replaceMainKey("a/b", with: .managed, flags: .dryRun).outcome == "planned")
            let key = KMSKey(kind: "aws-kms", key: "arn:k", options: ["role-arn": "arn:r"])
            #expect(try blocking.replaceMainKey("a/b", with: .kms(key)).probe[0].contains("arn:r"))
            #expect(try await client.replaceMainKey("a/b", with: .material([UInt8](1...32))).probe[0].contains("material"))
            for report in [
                try blocking.showMainKey("a/b"), try await client.showMainKey("a/b"), try blocking.refreshMainKey("a/b"),
                try await client.refreshMainKey("a/b"), try blocking.rotateMainKey("a/b"), try await client.rotateMainKey("a/b"),
                try blocking.withdrawMaterial("a/b", confirmation: "a/b"), try await client.withdrawMaterial("a/b", confirmation: "a/b"),
                try blocking.cancelPendingMainKey("a/b"), try await client.cancelPendingMainKey("a/b"),
            ] { #expect(report == Self.keyReport) }
            for report in [
                try blocking.showRepack("a/b"), try await client.showRepack("a/b"), try blocking.pauseRepack("a/b"),
                try await client.pauseRepack("a/b"), try blocking.resumeRepack("a/b"), try await client.resumeRepack("a/b"),
                try blocking.cancelRepack("a/b"), try await client.cancelRepack("a/b"),
            ] { #expect(report == Self.repack) }
            #expect(try blocking.lockEnvironment("a/b", reason: "why").lock?.reason == "why")
            #expect(try await client.lockEnvironment("a/b", reason: "why").lock?.reason == "why")
            #expect(try blocking.unlockEnvironment("a/b").lock == nil)
            #expect(try await client.unlockEnvironment("a/b").lock == nil)
            let change = RetentionChange(hours: .seconds(90))
            #expect(try blocking.setRetention("a/b", to: change).retention.hours == 90)
            #expect(try await client.setRetention("a/b", to: change).retention.hours == 90)
            #expect(try blocking.previewErasure("a/b", of: .connection("c")).hourlyKeys == 2)
            #expect(try await client.previewErasure("a/b", of: .before(unixSeconds: 1)).hourlyKeys == 2)
            #expect(try blocking.erase("a/b", .connection("c"), confirmation: "a/b") == Self.receipt)
            #expect(try await client.erase("a/b", .connection("c"), confirmation: "a/b") == Self.receipt)
            #expect(try blocking.listReceipts("a/b").count == 1)
            #expect(try await client.listReceipts("a/b").count == 1)
            #expect(try blocking.showReceipt("ff").id == "ff")
            #expect(try await client.showReceipt("ff").id == "ff")
            #expect(try blocking.receiptPublicKey().algorithm == "ed25519")
            #expect(try await client.receiptPublicKey().algorithm == "ed25519")
            #expect(try blocking.showClock().state == "in-doubt")
            #expect(try await client.showClock().state == "in-doubt")
            #expect(try blocking.acceptClock().state == "trusted")
            #expect(try await client.acceptClock().state == "trusted")
            #expect(try blocking.diagnose("a/b").checks[0].message == "a/b")
            #expect(try await client.diagnose().checks[0].message == "")
        }
    }

    @Test("A replacement whose connection broke is not sent again; a look at the key is")
    func unrepeatable() async throws {
        let seen = Counter()
        try await withDaemon { peer, _ in
            guard let request = peer.next() else { return }
            seen.add()
            if seen.value == 3, let json = try? ReportCoding.encode(Self.keyReport) {
                peer.answer(request, json)
                while peer.next() != nil {}
            }
        } _: { client in
            let error = await failure { () async throws(EKMClientError) in try await client.replaceMainKey("a/b", with: .managed) }
            #expect(error?.code == .connectionLost)
            #expect(seen.value == 1)
            let shown = try await client.showMainKey("a/b")
            #expect(shown == Self.keyReport)
            #expect(seen.value == 3)
        }
    }
}
