import Bedrock
import EKMWire
import Foundation
import JSONSchema
import TestSupport
import Testing

@Suite("What ekmctl --json prints is what its schemas say")
struct CLISchemaTests {
    private static let arn = "arn:aws:iam::111122223333:role/ekmd"

    private let schemas: SchemaLibrary

    init() throws { schemas = try SchemaLibrary.published() }

    private func check(_ text: [UInt8], _ schema: String, _ what: String = "") throws -> SchemaCheck {
        let check = schemas.check(try JSONValue(parsing: text), against: schema)
        #expect(check.violations == [], "\(schema) \(what)")
        return check
    }

    @Test("of the daemon's reports, by a real daemon")
    func reports() async throws {
        let cli = try await CLI()
        let commands: [(String, [String])] = [
            ("environment", ["env", "create", "acme/dev"]), ("ekmctl-transfer", ["encrypt", "acme/prod", "--log", "-o", "log.ekm"]),
            ("ekmctl-transfer", ["encrypt", "acme/prod", "--connection", "crm", "-o", "crm.ekm"]),
            ("environment", ["env", "lock", "acme/dev", "--reason", "holidays"]),
            ("environment", ["env", "retention", "acme/prod", "--keep", "90d", "--yes-erase", "acme/prod"]), ("status", ["status"]),
            ("environments", ["env", "list"]),
            ("environment", ["env", "show", "acme/prod"]), ("environment", ["env", "show", "acme/dev"]),
            ("key", ["key", "show", "acme/prod"]),
            ("repack", ["repack", "show", "acme/prod"]),
            ("replacement-outcome", ["key", "replace", "acme/prod", "--managed", "--dry-run"]),
            ("receipt", ["erase", "acme/prod", "--connection", "crm", "--yes-erase", "acme/prod"]),
            ("receipt-summaries", ["receipt", "list", "acme/prod"]), ("public-key", ["receipt", "public-key"]),
            ("clock", ["clock", "show"]),
            ("deletion", ["env", "delete", "acme/dev", "--confirm", "acme/dev"]),
        ]
        for (schema, arguments) in commands {
            _ = try check(try await cli.succeed(arguments + ["--json"], input: [1]).output, schema, "\(arguments)")
        }
        // A check of it may fail on this machine: then the findings are on standard output all the same.
        _ = try check(try await cli.run(["doctor", "acme/prod", "--json"]).output, "doctor")
        let list = try JSONDecoder().decode(
            [ReceiptSummaryReport].self, from: Data(try await cli.succeed(["receipt", "list", "acme/prod", "--json"]).output))
        let shown = try await cli.succeed(["receipt", "show", try #require(list.first?.id), "--json"]).output
        _ = try check(shown, "receipt")
        let receipt = try JSONDecoder().decode(ReceiptReport.self, from: Data(shown))
        _ = try check(try #require(Base64.bytes(of: Array(receipt.document.utf8))), "receipt-document")
        for arguments in [["env", "show", "acme/none"], ["env", "show"], ["decrypt", "missing"]] {
            let failed = try await cli.run(arguments + ["--json"])
            #expect(failed.ending != .exited(0) && failed.output.isEmpty)
            _ = try check(Array(failed.errors.utf8), "ekmctl-error", "\(arguments)")
        }
    }

    @Test("of its own documents, and no schema has a property that none of them has")
    func own() async throws {
        let cli = try await CLI()
        var checks = try CLIDocuments.all().map { try check($0.text, $0.schema) }
        let lent = try await cli.succeed(["data-key", "generate", "acme/prod", "--log", "--json"]).output
        let wrapped = try #require(try JSONValue(parsing: lent)["wrapped"]?.text)
        let policy = ["policy", "aws-kms", "acme/prod", "--principal", Self.arn, "--json"]
        checks += [
            try check(lent, "ekmctl-data-key"),
            try check(try await cli.succeed(["data-key", "open", wrapped, "--json"]).output, "ekmctl-data-key"),
            try check(try await cli.succeed(policy).output, "ekmctl-policy"),
            try check(try await cli.succeed(policy + ["--role-arn", Self.arn]).output, "ekmctl-policy"),
            try check(try await cli.succeed(["root", "export", "--json"]).output, "ekmctl-root-export"),
            try check(try await cli.succeed(["root", "export", "--to", "root.key", "--json"]).output, "ekmctl-root-export"),
            try check(try await cli.succeed(["root", "confirm", "root.key", "--json"]).output, "ekmctl-root-confirm"),
        ]
        let met = Set(checks.flatMap { check in check.met.filter { $0.value.contains(.value) }.keys })
        let described = schemas.properties.filter { $0.document.hasPrefix("ekmctl-") || $0.document.hasPrefix("receipt-document") }
        #expect(described.count > 60)
        #expect(described.filter { !met.contains($0) }.map(\.description) == [])
    }
}
