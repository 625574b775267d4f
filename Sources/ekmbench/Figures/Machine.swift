import FoundationEssentials
import Glibc

/// Where it ran: figures of two machines, or of two kernels, are not compared but for their ratios.
struct Machine: Codable, Equatable, Sendable {
    let processor: String
    let cores: Int
    let kernel: String

    init() {
        let lines = ((try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "").split(separator: "\n")
        let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        processor = model.map { $0.drop(while: { $0 == " " }) }.map(String.init) ?? "unknown processor"
        cores = Self.onlineCores
        let release = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? "unknown"
        kernel = String(release.prefix(while: { $0 != "\n" }))
    }

    static var onlineCores: Int { max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))) }

    var text: String { "\(processor), \(cores) cores, Linux \(kernel)" }
}
