import CLinux
import Glibc

/// How far a long command has come, on a terminal and only there.
struct ProgressBar {
    private static let width = 30

    private let title: String
    private let total: UInt64?
    private let isShown: Bool
    private let started = ProgressBar.now
    private var drawn: UInt64 = 0

    init(_ title: String, total: UInt64?) {
        self.title = title
        self.total = total
        isShown = Terminal.isError
    }

    /// Draws at most ten times a second.
    mutating func update(_ done: UInt64) {
        let now = Self.now
        guard isShown, now - drawn > 100_000_000 else { return }
        drawn = now
        draw(done, now)
    }

    /// Takes the bar away.
    func end() {
        if isShown, drawn > 0 { Terminal.errorPart("", overwriting: true) }
    }

    private func draw(_ done: UInt64, _ now: UInt64) {
        let seconds = max(0.001, Double(now - started) / 1e9)
        let rate = ByteCount(UInt64(Double(done) / seconds))
        var line = "\(title) "
        if let total, total > 0 {
            let share = min(1, Double(done) / Double(total))
            let filled = Int(share * Double(Self.width))
            line +=
                "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: Self.width - filled))] \(Int(share * 100)) %  "
        }
        Terminal.errorPart(line + "\(ByteCount(done))  \(rate)/s", overwriting: true)
    }

    private static var now: UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
