import EKMWire

/// How far a repack has come, in one line of a terminal.
struct RepackBar {
    private static let width = 30

    let isShown = Terminal.isError
    private var isDrawn = false

    mutating func update(_ report: RepackReport) {
        guard isShown else { return }
        isDrawn = true
        Terminal.errorPart(Self.text(report), overwriting: true)
    }

    /// Takes the bar away.
    func end() {
        if isDrawn { Terminal.errorPart("", overwriting: true) }
    }

    static func text(_ report: RepackReport) -> String {
        let share = report.total > 0 ? min(1, Double(report.moved) / Double(report.total)) : 1
        let filled = Int(share * Double(width))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        var text = "repack [\(bar)] \(Int(share * 100)) %  \(report.moved) of \(report.total) keys"
        if let rate = report.keysPerSecond { text += "  \(rate)/s" }
        if let left = report.secondsLeft { text += "  \(DurationArgument.about(left)) left" }
        if report.state != "running" { text += "  \(report.state)" }
        if let wait = report.waitingFor { text += ": \(wait.text)" }
        return text
    }
}
