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
        let passed = Int((Deadline.now - started) / 1_000_000_000)
        let seconds = passed % 60
        Terminal.error("\r\u{1B}[K[\(done + 1)/\(steps)] \(passed / 60):\(seconds < 10 ? "0" : "")\(seconds)  \(what)", newLine: false)
    }

    func end() {
        if isShown { Terminal.error("\r\u{1B}[K", newLine: false) }
    }
}
