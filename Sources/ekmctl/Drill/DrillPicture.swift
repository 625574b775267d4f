import EKMWire

/// What a drill found out, for a person.
struct DrillPicture {
    private let report: DrillReport

    init(_ report: DrillReport) { self.report = report }

    var text: String {
        var rows = [("environment", report.environment), ("last proof", report.lastProof ?? "not told")]
        rows.append(("last success", report.lastSuccess ?? "-"))
        rows.append(("first refusal", report.firstRefusal ?? "-"))
        if let refusal = report.refusal {
            rows.append(("", "\(refusal.name): \(refusal.message)"))
            if !refusal.reason.isEmpty { rows.append(("", "the KMS says: \(refusal.reason)")) }
        }
        if let seconds = report.fromProofToRefusal {
            let bound = report.publishedBound.map { ", of at most \(Self.seconds($0)) published" } ?? ""
            rows.append(("from proof", "\(Self.seconds(seconds)) to the first refusal\(bound)"))
        }
        if let seconds = report.fromSuccessToRefusal { rows.append(("from success", "\(Self.seconds(seconds)) to the first refusal")) }
        rows.append(("recovery", report.toRecovery.map { "after \(Self.seconds($0)), at \(report.recovery ?? "-")" } ?? "not seen"))
        let memory = report.keysInMemory
        rows.append(
            (
                "keys left",
                memory.map { $0.total == 0 ? "none" : "\($0.environmentKeys + $0.keys) keys, \($0.ciphers) contexts" } ?? "not told"
            ))
        rows.append(("requests", "\(report.requests)"))
        rows.append(("bound", report.failures.isEmpty ? "held" : "see below"))
        return TextRows.lines(rows).joined(separator: "\n")
    }

    /// With a tenth.
    static func seconds(_ seconds: Double) -> String {
        let tenths = Int((seconds * 10).rounded())
        return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10) s"
    }
}
