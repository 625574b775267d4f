import FoundationEssentials

/// A report in a file.
enum ReportFile {
    static func write(_ report: Report, to path: String) throws(Failure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do { try encoder.encode(report).write(to: URL(filePath: path)) } catch {
            throw .badInput("the report could not be written to \(path): \(error)", remedy: "Name a place where you may write.")
        }
    }

    static func write(_ text: String, to path: String) throws(Failure) {
        do { try text.write(toFile: path, atomically: true, encoding: .utf8) } catch {
            throw .badInput("\(path) could not be written: \(error)", remedy: "Name a place where you may write.")
        }
    }

    static func read(_ path: String) throws(Failure) -> Report {
        let report: Report
        do { report = try JSONDecoder().decode(Report.self, from: Data(contentsOf: URL(filePath: path))) } catch {
            throw .badInput("\(path) is no report of ekmbench: \(error)", remedy: "Name a file that --json has written.")
        }
        guard report.format == Report.format else {
            throw .badInput(
                "\(path) has format \(report.format), and this ekmbench reads \(Report.format).",
                remedy: "Write it again with the ekmbench of this checkout.")
        }
        return report
    }
}
