import EKMWire
import Foundation
import JSONSchema
import Testing

/// What a report may hold is written down, and is what the daemon writes.
@Suite("The schemas of reports")
struct SchemaTests {
    private static let published = (try? SchemaLibrary.published()) ?? SchemaLibrary([:])
    private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    /// Those of documents that `ekmctl` makes itself are tried beside it, and the receipt's beside the hierarchy.
    private static func isElsewhere(_ name: String) -> Bool { name.hasPrefix("ekmctl-") || ["receipt-document", "values"].contains(name) }

    /// The names of all schemas that a report of the wire has.
    static let names = published.documents.keys.map { String($0.dropLast(SchemaLibrary.suffix.count)) }.filter { !isElsewhere($0) }.sorted()

    /// The types of reports, as their files name them: `KeyCountReport.swift` is `key-count`.
    static let types: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: root + "/Sources/EKMWire/Reports")) ?? [])
        .filter { $0.hasSuffix("Report.swift") }
        .map { file in
            file.dropLast("Report.swift".count).reduce(into: "") { name, letter in
                if letter.isUppercase, !name.isEmpty { name += "-" }
                name += letter.lowercased()
            }
        }
        .sorted()

    private static func checks(_ name: String) throws -> [SchemaCheck] {
        try (ReportSamples.all[name] ?? []).map { sample in
            published.check(try JSONValue(parsing: ReportCoding.encode(sample)), against: name)
        }
    }

    @Test("Each type of report has its schema, and its samples")
    func everyType() {
        #expect(Self.types.count >= 24)
        #expect(Self.types.filter { !Self.names.contains($0) } == [])
        #expect(Set(ReportSamples.all.keys) == Set(Self.names))
    }

    @Test("Each report is what its schema says, with all that it may leave open and without", arguments: names)
    func valid(name: String) throws {
        let checks = try Self.checks(name)
        #expect(!checks.isEmpty)
        #expect(checks.flatMap(\.violations) == [])
    }

    @Test("No schema has a property that its report never writes, or a null that it never means")
    func noOthers() throws {
        var met: [SchemaLocation: Set<SchemaCheck.Presence>] = [:]
        for name in Self.names {
            for check in try Self.checks(name) { met.merge(check.met) { $0.union($1) } }
        }
        let properties = Self.published.properties.filter { property in
            Self.names.contains(String(property.document.dropLast(SchemaLibrary.suffix.count)))
        }
        #expect(properties.count > 100)
        for property in properties {
            let mayBeNull = Self.published.check(.null, at: property).violations.isEmpty
            #expect(met[property] == (mayBeNull ? [.null, .value] : [.value]), "\(property)")
        }
    }

    @Test("Each object is closed, and each of its properties described, also those of ekmctl")
    func described() {
        for object in Self.published.objects {
            let schema = Self.published[object]
            #expect(schema?["additionalProperties"] == .bool(false) && schema?["required"] != nil, "\(object)")
        }
        for property in Self.published.properties {
            #expect(Self.published[property]?["description"]?.text?.isEmpty == false, "\(property)")
        }
    }

    @Test("The closed sets of values are those of the code")
    func closedSets() {
        func values(_ name: String) -> [JSONValue]? {
            Self.published[SchemaLocation("values.schema.json", ["$defs", name, "enum"])]?.elements
        }
        let verdicts = (UInt8(0)...255).map { WireVerdict(rawValue: $0).description }.filter { !$0.hasPrefix("verdict ") }
        #expect(values("verdict") == verdicts.map { .string($0) })
        #expect(values("operation") == EKMWire.Operation.all.map { .string($0.description) })
        #expect(values("code") == ErrorCode.all.map { .number(Double($0.rawValue)) })
        #expect(values("state") == Self.declared("State", in: "EnvironmentReport").map { .string($0) })
        let outcome = SchemaLocation("doctor.schema.json", ["$defs", "check", "properties", "outcome", "enum"])
        #expect(Self.published[outcome]?.elements == Self.declared("Outcome", in: "DoctorReport").map { .string($0) })
    }

    /// The values that a type of the protocol declares: its raw values are strings.
    private static func declared(_ type: String, in report: String) -> [String] {
        let text = (try? String(contentsOfFile: "\(root)/Sources/EKMWire/Reports/\(report).swift", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { $0.contains("= \(type)(rawValue: \"") }
            .compactMap { $0.split(separator: "\"").dropFirst().first.map(String.init) }
    }

    @Test("The article on reports lists each schema, and no other", arguments: ["EKMWire/Documentation.docc/Reports.md"])
    func article(path: String) throws {
        let text = try String(contentsOfFile: "\(Self.root)/Sources/\(path)", encoding: .utf8)
        let linked = text.split(separator: "(Schemas/").dropFirst().compactMap { $0.split(separator: ")").first.map(String.init) }
        #expect(Set(linked) == Set(Self.published.documents.keys))
        for operation in EKMWire.Operation.all where Self.answersWithReport(operation) {
            #expect(text.contains("`\(operation)`"), "\(operation)")
        }
    }

    /// As the table of requests says.
    private static func answersWithReport(_ operation: EKMWire.Operation) -> Bool {
        ArticleTests.article.split(separator: "\n").contains {
            $0.hasPrefix("| \(operation.rawValue) | \(operation) |") && $0.contains("JSON")
        }
    }
}
