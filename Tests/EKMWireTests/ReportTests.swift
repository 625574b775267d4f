import FoundationEssentials
import Testing

@testable import EKMWire

@Suite("Reports")
struct ReportTests {
    let environment = EnvironmentReport(
        environment: "acme/prod", id: "00ff", state: .available, mainKey: MainKeyReport(kind: "managed", reference: "managed"),
        proof: ProofReport(verdict: "granted"), secondsLeft: nil, census: [CensusReport(generation: "1", keys: 3)],
        replacement: ReplacementReport(), repack: nil, keys: KeyCountReport(hourly: 1, connection: 2, log: 0),
        createdAt: ReportCoding.time(unixSeconds: 1_700_000_000))

    @Test("An environment's report has every name, null where there is nothing, in order")
    func everyName() throws {
        let json = String(decoding: try ReportCoding.encode(environment), as: UTF8.self)
        #expect(
            json
                == #"{"census":[{"generation":"1","keys":3}],"createdAt":"2023-11-14T22:13:20Z","environment":"acme/prod","id":"00ff","#
                + #""inMemory":{"contexts":0,"environmentKeys":0,"keys":0},"keys":{"connection":2,"hourly":1,"log":0},"lock":null,"locks":null,"#
                + #""mainKey":{"generation":null,"kind":"managed","options":{},"reference":"managed"},"#
                + #""proof":{"at":null,"reason":null,"verdict":"granted","verdictAt":null},"#
                + #""repack":null,"replacement":{"allowedFrom":null,"lastAt":null},"retention":{"hours":null,"logs":null,"next":null},"#
                + #""secondsLeft":null,"state":"available"}"#)
    }

    @Test("Reports come back as they were encoded")
    func roundTrip() throws {
        var full = environment
        full.secondsLeft = 12
        full.repack = RepackReport(state: "running", moved: 1, total: 9)
        full.lock = LockReport(at: "2023-11-14T22:13:20Z", reason: "incident")
        full.retention = RetentionReport(hours: 90, logs: nil)
        full.inMemory = InMemoryReport(environmentKeys: 1, keys: 2, ciphers: 3)
        full.state = EnvironmentReport.State(rawValue: "later")
        for report in [environment, full] {
            #expect(try parsing(ReportCoding.encode(report)) { try ReportCoding.decode(EnvironmentReport.self, from: $0) } == report)
        }
        let deletion = DeletionReport(environment: "a/b", connectionKeys: 1, hourlyKeys: 2, logKeys: 1, firstHour: "2023-11-14T22:00:00Z")
        #expect(try parsing(ReportCoding.encode(deletion)) { try ReportCoding.decode(DeletionReport.self, from: $0) } == deletion)
        let status = StatusReport(
            version: "1", pid: 2, startedAt: "x", uptimeSeconds: 3, socket: "/s", state: "/t", environments: ["available": 2],
            troubled: [TroubledReport(environment: "a/b", state: .locked, reason: "incident")],
            requests: RequestReport(total: 4, failed: 1, byOperation: ["ping": 4]), connections: 1, storeBackend: "sqlite",
            rootKeyExported: false, warnings: ["Look."])
        #expect(try parsing(ReportCoding.encode(status)) { try ReportCoding.decode(StatusReport.self, from: $0) } == status)
    }

    @Test("Every name of a key's report is written, and comes back")
    func key() throws {
        let aws = MainKeyReport(kind: "aws-kms", reference: "arn:k", generation: "g1")
        let report = KeyReport(
            environment: "a/b", mainKey: aws, generationTold: true, state: .available, proof: ProofReport(verdict: "granted"),
            rotation: RotationReport(kind: "off", text: "The KMS does not rotate this key by itself."),
            pending: PendingMainKeyReport(mainKey: aws, since: "x", givesUpAt: "y"),
            census: [KeyCensusReport(version: 2, mainKey: aws, keys: 7, isCurrent: true)])
        let json = try ReportCoding.encode(report)
        let text = String(decoding: json, as: UTF8.self)
        for name in ["endsAt", "repack", "wrappedAt", "nextRefreshAt", "lastPollAt", "lastAnswer", "days", "next"] {
            #expect(text.contains(#""\#(name)":null"#), "\(name)")
        }
        #expect(text.contains(#"{"current":true,"keys":7,"#))
        #expect(try parsing(json) { try ReportCoding.decode(KeyReport.self, from: $0) } == report)
    }

    @Test("A repack, a receipt, a clock and a diagnosis come back as they were encoded")
    func lifeCycle() throws {
        let end = RepackReport.End(version: 1, mainKey: MainKeyReport(kind: "managed", reference: ""))
        try comesBack(
            RepackReport(
                state: "waiting", cause: "replacement", moved: 1, total: 9, keysPerSecond: 3, secondsLeft: 4, startedAt: "x",
                waitingFor: RepackReport.Wait(text: "The old main key does not answer.", why: "AccessDenied"), from: [end], to: end))
        try comesBack(RepackReport(state: "none", moved: 0, total: 0))
        try comesBack(
            ReplacementOutcomeReport(environment: "a/b", outcome: "planned", mainKey: end.mainKey, keysToMove: 3, probe: ["Encrypt: ok"]))
        try comesBack(ReceiptReport(id: "01", environment: "02", document: "e30=", signature: "AA==", publicKey: "AA=="))
        try comesBack([ReceiptSummaryReport(id: "01", keys: 3)])
        try comesBack(PublicKeyReport(publicKey: "AA=="))
        try comesBack(ClockReport(state: "in-doubt", reason: "It went back.", wall: "x", believed: "y"))
        try comesBack(DoctorReport(checks: [DoctorReport.Check("DNS", .failed, "No such name.", remedy: "Correct it.")]))
    }

    private func comesBack<Report: Codable & Equatable>(_ report: Report) throws {
        #expect(try parsing(ReportCoding.encode(report)) { try ReportCoding.decode(Report.self, from: $0) } == report)
    }

    @Test("A name that is missing where it may be null reads as nothing")
    func missing() throws {
        let json = Array(#"{"environment":"a/b","state":"locked"}"#.utf8)
        #expect(try parsing(json) { try ReportCoding.decode(TroubledReport.self, from: $0) }.since == nil)
    }

    @Test(
        "Fields of a later version are passed over",
        arguments: [#"{"environment":"a/b","connectionKeys":1,"hourlyKeys":2,"logKeys":0,"new":[1]}"#])
    func later(json: String) throws {
        #expect(try parsing(Array(json.utf8), { try ReportCoding.decode(DeletionReport.self, from: $0) }).hourlyKeys == 2)
    }

    @Test("What is no report is refused", arguments: ["", "{", "[]", "null", "{}"])
    func refused(json: String) {
        #expect(throws: WireError(.malformedField, "")) {
            try parsing(Array(json.utf8)) { try ReportCoding.decode(DeletionReport.self, from: $0) }
        }
    }
}
