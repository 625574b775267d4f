import EKMWire

/// A checklist, with a remedy below what failed.
struct DoctorPicture {
    let text: String

    init(_ report: DoctorReport) {
        let width = report.checks.map(\.name.count).max() ?? 0
        let lines = report.checks.flatMap { check in
            var lines = ["\(Self.mark(check.outcome)) \(check.name.padded(to: width))  \(PlainText.line(check.message))"]
            if !check.remedy.isEmpty { lines.append("  \(String(repeating: " ", count: width))  → \(PlainText.line(check.remedy))") }
            return lines
        }
        text = lines.joined(separator: "\n")
    }

    private static func mark(_ outcome: DoctorReport.Outcome) -> String {
        switch outcome {
        case .ok: "✓"
        case .warning: "!"
        case .skipped: "–"
        default: "✗"
        }
    }
}
