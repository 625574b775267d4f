import Glibc

/// How far the run has come, on a terminal and only there.
struct Progress {
    private let steps: Int
    private var done = 0
    private let started = Deadline.now
    private let isShown = isatty(STDERR_FILENO) == 1

    init(steps: Int) { self.steps = steps }

    mutating func begin(_ what: String) {
        defer { done += 1 }
        guard isShown else { return }
        var line = "[\(done + 1)/\(steps)] \(what)"
        if done > 0 {
            let left = Double(Deadline.now - started) / 1e9 / Double(done) * Double(steps - done)
            line += "  (\(left < 90 ? "\(Int(left)) s" : "\(Int(left / 60 + 0.5)) min") left)"
        }
        Terminal.error("\r\u{1B}[K" + line, newLine: false)
    }

    func end() {
        if isShown { Terminal.error("\r\u{1B}[K", newLine: false) }
    }
}
