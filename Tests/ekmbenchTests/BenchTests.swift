import Foundation
import TestSupport
import Testing

@testable import ekmbench

@Suite("The benchmark") struct BenchTests {
    @Test("a quick run measures all three servers, draws, compares with an older run, and leaves nothing behind")
    func quickRun() async throws {
        let directory = try TemporaryDirectory()
        let json = directory.file("old.json")
        let first = try await BenchRun.start(["--quick", "--seconds", "0.03", "--json", json], in: directory)
        try #require(first.command.succeeded, "\(first.command.errors)")
        let report = try ReportFile.read(json)
        #expect(report.cells.map(\.cell) == Plan.quick(seconds: 1).cells)
        for row in report.cells {
            for contender in Contender.allCases {
                let figures = row.figures[contender]
                #expect(figures.perSecond > 0 && figures.latency.p50 > 0 && figures.cpu > 0, "\(row.cell) of \(contender)")
                #expect(figures.latency.p50 <= figures.latency.p99 && figures.latency.p99 <= figures.latency.p999)
                #expect(row.memory[contender].now > 0 && row.memory[contender].now <= row.memory[contender].most)
            }
            #expect(row.ratios.floor > 0 && row.ratios.suite > 0)
        }
        #expect(report.cells.contains { $0.open != nil })
        #expect(report.curve?.points.count == 3)

        let svg = directory.file("load.svg")
        let second = try await BenchRun.start(["--quick", "--seconds", "0.03", "--compare", json, "--svg", svg], in: directory)
        try #require(second.command.succeeded, "\(second.command.errors)")
        #expect(second.command.text.contains("of \(report.cells.count) cells are slower"))
        #expect(try String(contentsOfFile: svg, encoding: .utf8).hasSuffix("</svg>\n"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0.hasPrefix("ekmbench") }.isEmpty)
    }

    @Test("Ctrl-C ends a run at once, its servers and its directory with it")
    func interrupted() async throws {
        let directory = try TemporaryDirectory()
        let process = try ChildProcess(
            [Executables.path(of: "ekmbench")],
            environment: ["PATH": "/usr/bin:/bin", "TMPDIR": directory.path].merging(Executables.sanitizing) { $1 },
            output: directory.file("output"))
        var children: [String] = []
        for _ in 0..<3000 {
            children = Self.children(of: process.identifier)
            if children.count == 3, !Self.scratch(in: directory).isEmpty { break }
            try await blocking { _ = usleep(10_000) }
        }
        try #require(children.count == 3)
        process.signal(SIGINT)
        #expect(try await process.wait(timeout: .seconds(30)) == .exited(128 + SIGINT))
        #expect(Self.scratch(in: directory).isEmpty)
        for child in children { #expect(!FileManager.default.fileExists(atPath: "/proc/\(child)/exe")) }
    }

    @Test(
        "what is no report is refused before anything runs",
        arguments: [("{}", "is no report"), ("no JSON", "is no report"), (#"{"format": 7}"#, "has format 7")])
    func foreignReport(_ text: String, _ message: String) async throws {
        let directory = try TemporaryDirectory()
        try text.write(toFile: directory.file("old.json"), atomically: true, encoding: .utf8)
        let run = try await BenchRun.start(["--quick", "--compare", directory.file("old.json")], in: directory)
        #expect(run.command.ending == .exited(65))
        #expect(run.command.errors.contains(message))
    }

    @Test("a length that makes no sense is refused", arguments: ["0", "-1", "1000", "nan"])
    func foreignLength(_ seconds: String) async throws {
        let run = try await BenchRun.start(["--seconds=\(seconds)"], in: try TemporaryDirectory())
        #expect(run.command.ending == .exited(64))
    }

    private static func children(of process: Int32) -> [String] {
        let text = (try? String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)) ?? ""
        return text.split(separator: " ").map(String.init)
    }

    private static func scratch(in directory: TemporaryDirectory) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []).filter { $0.hasPrefix("ekmbench") }
    }
}
