import EKMWire

/// A main key as a person sees it.
struct KeyPicture {
    private let report: KeyReport

    init(_ report: KeyReport) { self.report = report }

    /// - Parameter title: what was done; nil where it was only looked at.
    func print(json: Bool, title: String? = nil) throws(Failure) {
        if json { return try JSON.print(report) }
        try Terminal.output((title.map { $0 + "\n\n" } ?? "") + text)
    }

    var text: String {
        let rows = key + state + pending + census + future
        let lines = TextRows.lines(rows)
        return (["\(report.environment)   \(report.state.rawValue)", ""] + lines).joined(separator: "\n")
    }

    private var key: [(String, String)] {
        let key = report.mainKey
        var rows = [("main key", Self.name(key))]
        rows += KeyPicture.options(key)
        rows.append(
            (
                "generation",
                key.generation
                    ?? (report.generationTold
                        ? "not known yet" : "the KMS does not tell it: the environment key is wrapped anew from time to time instead")
            ))
        rows.append(("rotation", report.rotation.text))
        if let days = report.rotation.days { rows.append(("", "every \(days) days")) }
        if let next = report.rotation.next { rows.append(("", "next at \(next)")) }
        if let endsAt = report.endsAt { rows.append(("ends", "\(endsAt): after that nothing of this environment can be read")) }
        return rows
    }

    /// How the key is reached; an option's hyphens become spaces.
    static func options(_ key: MainKeyReport) -> [(String, String)] {
        key.options.sorted { $0.key < $1.key }.map { (String($0.key.map { $0 == "-" ? " " : $0 }), $0.value) }
    }

    private var state: [(String, String)] {
        let proof = report.proof
        var rows = [("proof", proof.at.map { "the main key last answered at \($0)" } ?? "none yet: the next request asks the main key")]
        rows.append(
            ("verdict", [proof.verdict, proof.verdictAt.map { "at \($0)" }, proof.reason].compactMap { $0 }.joined(separator: ", ")))
        if let at = report.lastPollAt { rows.append(("last poll", at)) }
        if let at = report.wrappedAt { rows.append(("wrapped", at)) }
        if let at = report.nextRefreshAt { rows.append(("next refresh", at)) }
        return rows
    }

    private var pending: [(String, String)] {
        guard let pending = report.pending else { return [] }
        return [
            ("pending", Self.name(pending.mainKey)),
            (
                "",
                "waits since \(pending.since) for its grant, and gives up "
                    + (pending.givesUpAt.map { "at \($0)" } ?? "7 days after the clock is believed again")
            ),
            ("", pending.lastAnswer ?? "not tried yet"), ("", "withdraw it with: ekmctl key cancel-pending \(report.environment)"),
        ]
    }

    private var census: [(String, String)] {
        report.census.map { entry in
            let keys = "\(entry.keys) live key\(entry.keys == 1 ? "" : "s")"
            let generation = entry.mainKey.generation.map { ", generation \($0)" } ?? ""
            return (
                "census",
                "\(keys) under version \(entry.version)\(entry.isCurrent ? " (current)" : ""): \(Self.name(entry.mainKey))\(generation)"
            )
        }
    }

    private var future: [(String, String)] {
        var rows: [(String, String)] = []
        if let repack = report.repack { rows.append(("repack", RepackPicture(repack).line)) }
        if let at = report.replacement.lastAt { rows.append(("replaced", at)) }
        rows.append(("replacement", report.replacement.inWords))
        rows += report.warnings.map { ("warning", $0) }
        rows += report.recommendations.map { ("recommended", $0) }
        return rows
    }

    /// What a main key is, in a line.
    static func name(_ key: MainKeyReport) -> String {
        switch key.kind {
        case "managed": "managed: made and kept by ekmd"
        case "material": "material that the customer uploaded"
        default: "\(key.kind): \(key.reference)"
        }
    }
}

extension ReplacementReport {
    var inWords: String {
        if let allowedFrom { return "allowed from \(allowedFrom)" }
        return lastAt == nil ? "allowed now" : "allowed 24 hours after the clock is believed again"
    }
}
