import FoundationEssentials
import Glibc

/// How much of a process is in memory, in bytes.
struct ResidentMemory: Codable, Sendable {
    /// VmRSS: now.
    var now: Int = 0
    /// VmHWM: the most since its start.
    var most: Int = 0

    init(of process: pid_t) {
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        for line in status.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count >= 2, let kibibytes = Int(words[1]) else { continue }
            if words[0] == "VmRSS:" { now = kibibytes * 1024 }
            if words[0] == "VmHWM:" { most = kibibytes * 1024 }
        }
    }
}
