import FoundationEssentials
import Glibc
import Testing

@testable import EKMWire

/// Who searches the guide for what they were told finds it there, and finds nothing that is never said.
@Suite("The troubleshooting guide")
struct TroubleshootingTests {
    private static let sources = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Sources"

    private static let guide = text("EKMWire/Documentation.docc/Troubleshooting.md")

    private static func text(_ path: String) -> String { (try? String(contentsOfFile: "\(sources)/\(path)", encoding: .utf8)) ?? "" }

    /// The rows of the tables below a heading.
    private static func rows(below heading: String) -> [[String]] {
        let lines = guide.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(where: { $0 == "### \(heading)" }) else { return [] }
        return lines[(start + 1)...].prefix { !$0.hasPrefix("#") }.filter { $0.hasPrefix("| ") && !$0.hasPrefix("| ---") }
            .map { $0.split(separator: "|").map { cell in String(cell).trimmed } }
    }

    /// What stands between “ and ” in the tables: sentences of the code, with … for what changes.
    static let quotations: [String] = guide.split(separator: "\n").filter { $0.hasPrefix("| ") }
        .flatMap { $0.split(separator: "“").dropFirst().compactMap { $0.split(separator: "”").first.map(String.init) } }

    /// All Swift sources, with literals that are joined by + as one.
    private static let code: String = {
        var code = ""
        for path in subpaths(of: sources) where path.hasSuffix(".swift") { code += text(path) }
        var lines: [Substring] = []
        for line in code.split(separator: "\n") {
            let start = line.drop { $0 == " " }
            if start.hasPrefix("//") { continue }
            if start.hasPrefix("+ \""), let last = lines.popLast(), last.hasSuffix("\"") {
                lines.append(last.dropLast() + start.dropFirst(3))
            } else {
                lines.append(start)
            }
        }
        return lines.joined(separator: "\n")
    }()

    private static func subpaths(of directory: String) -> [String] {
        (try? FileManager.default.subpathsOfDirectory(atPath: directory)) ?? []
    }

    /// The values that a type of the protocol declares: its raw values are strings.
    private static let states: [String] = text("EKMWire/Reports/EnvironmentReport.swift").split(separator: "\n")
        .compactMap { line in
            guard line.contains("= State(rawValue: \"") else { return nil }
            return line.split(separator: "\"").dropFirst().first.map(String.init)
        }

    private static let verdicts = (UInt8(0)...255).map { WireVerdict(rawValue: $0).description }.filter { !$0.hasPrefix("verdict ") }

    @Test("Each error of the wire has its entry, with a cause and a remedy", arguments: ErrorCode.all)
    func errors(code: ErrorCode) {
        let entries = Self.rows(below: "Errors by name").filter { $0.first == "`\(code.name)`" }
        #expect(entries.count == 1)
        #expect(entries.allSatisfy { $0.count == 3 && !$0[1].isEmpty && !$0[2].isEmpty })
    }

    @Test("No entry stands under a name that no error has")
    func noOtherErrors() {
        let names = Self.rows(below: "Errors by name").dropFirst().map { $0[0].filter { $0 != "`" } }
        #expect(names.filter { name in !ErrorCode.all.contains { $0.name == name } } == [])
    }

    @Test("Each verdict has its entry")
    func everyVerdict() {
        #expect(Self.verdicts.count >= 7)
        #expect(Self.rows(below: "Verdicts").dropFirst().map { $0[0] } == Self.verdicts.map { "`\($0)`" })
    }

    @Test("Each state of an environment has its entry")
    func everyState() {
        #expect(Self.states.count >= 8)
        #expect(Self.rows(below: "States of an environment").dropFirst().map { $0[0] } == Self.states.map { "`\($0)`" })
    }

    @Test("Each sentence that is quoted is one that the code says")
    func sentences() {
        #expect(Self.quotations.count > 100)
        let unsaid = Self.code.withCString { code in
            Self.quotations.filter { quotation in
                let parts = quotation.split(separator: "…").map { String($0).trimmed }.filter { $0.utf8.count > 3 }
                return parts.isEmpty || parts.contains { part in part.withCString { strstr(code, $0) == nil } }
            }
        }
        #expect(unsaid == [])
    }
}

extension String {
    fileprivate var trimmed: String {
        let start = drop { $0 == " " }
        return String(start.prefix(start.lastIndex { $0 != " " }.map { start.distance(from: start.startIndex, to: $0) + 1 } ?? 0))
    }
}
