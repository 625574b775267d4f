import EKMServer
import EKMWire
import Glibc
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("Environments, page by page")
struct PageTests {
    private static let names = (0..<25).map { "w\($0 % 3)/e\($0 < 10 ? "0" : "")\($0)" }.sorted()

    private func page(_ client: RawClient, _ request: EnvironmentPageRequest) async throws -> EnvironmentPageReport {
        let reply = try await client.ask(Requests.page(request))
        return try ReportCoding.decode(EnvironmentPageReport.self, from: reply.fields.span.bytes)
    }

    /// All pages, one after the other.
    private func walk(_ client: RawClient, _ first: EnvironmentPageRequest) async throws -> [String] {
        var (request, names): (EnvironmentPageRequest, [String]) = (first, [])
        while true {
            let page = try await page(client, request)
            names += page.environments.map(\.environment)
            guard let next = page.next else { return names }
            request.after = next
        }
    }

    @Test("they come in order, none twice and none left out, whatever the size of a page", arguments: [1, 2, 7, 25, 26, 1_000])
    func order(most: UInt16) async throws {
        try await withServer { server in
            for name in Self.names.shuffled() { try await server.create(name) }
            let client = try await server.connect()
            #expect(try await walk(client, EnvironmentPageRequest(most: most)) == Self.names)
            #expect(
                try await page(client, EnvironmentPageRequest(after: "w1/e04x", most: most)).environments.first?.environment == "w1/e07")
        }
    }

    @Test("patterns, states and kinds leave others out")
    func filters() async throws {
        try await withServer { server in
            for name in Self.names { try await server.create(name) }
            let client = try await server.connect()
            _ = try await client.ask(Requests.lock("w2/e05", reason: "x"))
            #expect(try await walk(client, EnvironmentPageRequest(pattern: "w1/*", most: 3)) == Self.names.filter { $0.hasPrefix("w1/") })
            #expect(try await walk(client, EnvironmentPageRequest(pattern: "*5")) == Self.names.filter { $0.hasSuffix("5") })
            #expect(try await walk(client, EnvironmentPageRequest(state: "locked", most: 2)) == ["w2/e05"])
            #expect(try await walk(client, EnvironmentPageRequest(kind: "aws-kms")) == [])
            #expect(try await walk(client, EnvironmentPageRequest(kind: "managed")).count == 25)
            var empty = Requests.page(EnvironmentPageRequest(most: 1))
            empty[empty.count - 1] = 0
            #expect(try await client.ask(empty).code == .malformedField)
        }
    }

    @Test("one sees what is granted, in lists, status and diagnosis alike, and nothing of the others")
    func granted() async throws {
        try await withServer(facts: DaemonFacts(version: "t", socket: "/s", state: "/", storeBackend: "m", warnings: { ["of w0/e00"] })) {
            server in
            for name in Self.names { try await server.create(name) }
            let client = try await server.connect()
            for name in ["w0/e00", "w1/e01"] { _ = try await client.ask(Requests.lock(name, reason: "secret reason of \(name)")) }
            let me = Grant.Subject.user(name: "me", id: getuid())
            server.authorizer.apply(
                .grants([
                    Grant(subject: me, environments: ["w1/*", "w1/e0*", "w2/e02"], allow: [.status]),
                    Grant(subject: me, environments: ["*"], allow: [.encrypt]),
                ]))
            let mine = Self.names.filter { $0.hasPrefix("w1/") || $0 == "w2/e02" }
            #expect(try await walk(client, EnvironmentPageRequest(most: 2)) == mine)
            let list = try await client.ask(Requests.empty(.listEnvironments))
            #expect(try ReportCoding.decode([EnvironmentReport].self, from: list.fields.span.bytes).map(\.environment) == mine)
            let status = try await client.ask(Requests.empty(.status))
            let report = try ReportCoding.decode(StatusReport.self, from: status.fields.span.bytes)
            #expect(report.environments.values.reduce(0, +) == mine.count && report.troubled.map(\.environment) == ["w1/e01"])
            #expect(report.requests == nil && report.connections == nil && report.rootKeyExported == nil && report.warnings == [])
            let doctor = try await client.ask(Requests.named(.diagnose, ""))
            for answer in [status, doctor] {
                let text = String(decoding: answer.fields, as: UTF8.self)
                #expect(!text.contains("w0/") && text.contains("w1/e01"), "\(text)")
            }
        }
    }
}
