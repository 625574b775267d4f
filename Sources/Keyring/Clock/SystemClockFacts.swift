internal import Bedrock
internal import CLinux
internal import Cryptography
internal import Glibc
internal import KeyHierarchy

/// This machine's.
package struct SystemClockFacts: ClockFacts {
    package let bootID: String

    /// - Parameter bootID: for a process that may not read it under `/proc/sys`: 32 hex digits, dashes or none between them.
    package init(bootID: String? = nil) {
        self.bootID = bootID.flatMap(Self.normalised) ?? Self.kernelBootID() ?? Self.nobodys()
    }

    package var isSynchronised: Bool {
        var time = timex()
        let status = unsafe adjtimex(&time)
        if status >= 0 { return status != TIME_ERROR && time.status & STA_UNSYNC == 0 }
        // Sandboxes refuse the call along with those that set the clock. systemd-timesyncd leaves a mark too.
        return unsafe access("/run/systemd/timesync/synchronized", F_OK) == 0
    }

    private static func kernelBootID() -> String? {
        let file = unsafe open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe read(file, &bytes, bytes.count)
        return count > 0 ? normalised(String(decoding: bytes.prefix(count), as: UTF8.self)) : nil
    }

    /// Without the kernel's id every start counts as a boot of its own: that doubts more than it must, and never less.
    private static func nobodys() -> String {
        let random = (try? Random.bytes(16)) ?? [UInt8](repeating: 0, count: 16)
        return normalised(Hex.text(of: random)) ?? ""
    }

    private static func normalised(_ text: String) -> String? {
        let digits = text.filter(\.isHexDigit).lowercased()
        guard digits.utf8.count == 32 else { return nil }
        let ends = [8, 12, 16, 20, 32]
        return zip([0] + ends, ends).map { String(digits.dropFirst($0).prefix($1 - $0)) }.joined(separator: "-")
    }
}
