import FoundationEssentials
import Glibc

/// How much time the machine's cores have spent at work, and how much of it was the benchmark's.
struct MachineTime {
    private let own: Double
    private let all: Double
    private let at = Deadline.now

    init(_ servers: Servers) {
        let words = ((try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? "").prefix { $0 != "\n" }.split(separator: " ")
        let ticks = words.dropFirst().prefix(8).map { Double($0) ?? 0 }
        // All but idle and waiting for disks, which are the fourth and the fifth.
        all = (ticks.reduce(0, +) - ticks.dropFirst(3).prefix(2).reduce(0, +)) / Double(sysconf(CInt(_SC_CLK_TCK)))
        own = Turn.ownTime + Double(servers.cpu) / 1e9
    }

    /// The share of all cores' time that others took.
    func others(since earlier: MachineTime) -> Double {
        let elapsed = Double(at - earlier.at) / 1e9 * Double(Machine.onlineCores)
        return max(0, (all - earlier.all) - (own - earlier.own)) / max(elapsed, 0.001)
    }
}
