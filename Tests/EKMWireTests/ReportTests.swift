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
                + #""keys":{"connection":2,"hourly":1,"log":0},"mainKey":{"externalID":null,"generation":null,"kind":"managed","#
                + #""reference":"managed","roleARN":null},"proof":{"at":null,"reason":null,"verdict":"granted"},"#
                + #""repack":null,"replacement":{"allowedFrom":null,"lastAt":null},"secondsLeft":null,"state":"available"}"#)
    }

    @Test("Reports come back as they were encoded")
    func roundTrip() throws {
        var full = environment
        full.secondsLeft = 12
        full.repack = RepackReport(state: "running", moved: 1, total: 9)
        full.state = EnvironmentReport.State(rawValue: "later")
        for report in [environment, full] {
            #expect(try parsing(ReportCoding.encode(report)) { try ReportCoding.decode(EnvironmentReport.self, from: $0) } == report)
        }
        let deletion = DeletionReport(environment: "a/b", connectionKeys: 1, hourlyKeys: 2, logKeys: 1, firstHour: "2023-11-14T22:00:00Z")
        #expect(try parsing(ReportCoding.encode(deletion)) { try ReportCoding.decode(DeletionReport.self, from: $0) } == deletion)
        let status = StatusReport(
            version: "1", pid: 2, startedAt: "x", uptimeSeconds: 3, socket: "/s", state: "/t", environments: ["available": 2],
            requests: RequestReport(total: 4, failed: 1, byOperation: ["ping": 4]), connections: 1, storeBackend: "sqlite",
            rootKeyExported: false, warnings: ["Look."])
        #expect(try parsing(ReportCoding.encode(status)) { try ReportCoding.decode(StatusReport.self, from: $0) } == status)
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
