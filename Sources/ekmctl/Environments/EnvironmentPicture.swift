import EKMWire

/// An environment as a person sees it: its hierarchy, its state and its proof.
struct EnvironmentPicture {
    private let report: EnvironmentReport

    init(_ report: EnvironmentReport) { self.report = report }

    var text: String { (title + hierarchy + [""] + facts).joined(separator: "\n") }

    private var title: [String] { ["\(report.environment)   \(report.state.rawValue)", ""] }

    private var hierarchy: [String] {
        let key = report.mainKey
        let name =
            switch key.kind {
            case "managed": "made and kept by ekmd"
            case "material": "material that the customer uploaded"
            default: key.reference
            }
        let generation = key.generation.map { "generation \($0)" } ?? "generation unknown"
        return [
            "main key            \(key.kind): \(name)",
            "│                   \(generation)",
            "└─ environment key  256 bits, wrapped by the main key; \(Self.count(keys, "key")) below",
            "   ├─ hourly keys      \(report.keys.hourly)",
            "   │  └─ data keys     one for each job and hour, in the ciphertext",
            "   ├─ connection keys  \(report.keys.connection)",
            "   └─ log key          \(report.keys.log)",
        ]
    }

    private var keys: Int { report.keys.hourly + report.keys.connection + report.keys.log }

    private var facts: [String] {
        var rows: [(String, String)] = []
        let proof = report.proof
        rows.append(("proof", proof.at.map { "the main key last answered at \($0)" } ?? "none yet: the next request asks the main key"))
        rows.append(("verdict", proof.verdict + (proof.verdictAt.map { " at \($0)" } ?? "") + (proof.reason.map { ": \($0)" } ?? "")))
        rows.append(
            ("seconds left", report.secondsLeft.map { "\($0), if the KMS went silent now" } ?? "no bound: this main key needs no proof"))
        rows += KeyPicture.options(report.mainKey)
        for entry in report.census { rows.append(("census", "\(Self.count(entry.keys, "live key")) under generation \(entry.generation)")) }
        if let repack = report.repack { rows.append(("repack", RepackPicture(repack).line)) }
        if report.replacement.lastAt != nil { rows.append(("replacement", report.replacement.inWords)) }
        let locks = report.locks ?? report.lock.map { [$0] } ?? []
        for lock in locks {
            let number = locks.count > 1 ? lock.number.map { "\($0): " } ?? "" : ""
            rows.append(("locked", "\(number)since \(lock.at): \(lock.reason)"))
        }
        rows.append(
            (
                "retention",
                "jobs and events \(RetentionArgument.text(report.retention.hours)), logs \(RetentionArgument.text(report.retention.logs))"
            ))
        if let next = report.retention.next {
            rows.append(
                ("", "from \(next.from) on \(RetentionArgument.text(next.hours)), logs \(RetentionArgument.text(next.logs))"))
        }
        let memory = report.inMemory
        rows.append(
            (
                "in memory",
                memory.total == 0
                    ? "no keys" : "\(Self.count(memory.environmentKeys, "environment key")), \(Self.count(memory.keys, "key"))"
            ))
        rows.append(("created", report.createdAt))
        rows.append(("id", report.id))
        return TextRows.lines(rows)
    }

    private static func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }
}
