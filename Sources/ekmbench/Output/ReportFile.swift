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
        let data: Data
        do { data = try Data(contentsOf: URL(filePath: path)) } catch {
            throw .badInput("\(path) could not be read.", remedy: "Name a file that --json has written.")
        }
        guard let head = try? JSONDecoder().decode(Head.self, from: data) else {
            throw .badInput("\(path) is no report of ekmbench.", remedy: "Name a file that --json has written.")
        }
        guard head.format == Report.format, let report = try? JSONDecoder().decode(Report.self, from: data) else {
            throw .badInput(
                "\(path) has format \(head.format), and this ekmbench reads its own \(Report.format) alone.",
                remedy: "Run the older program's checkout with the ekmbench of this one.")
        }
        return report
    }

    /// What all formats have.
    private struct Head: Decodable {
        let format: Int
    }
}
