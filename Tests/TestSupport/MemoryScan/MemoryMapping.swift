import Foundation

/// A line of `/proc/PID/maps`.
package struct MemoryMapping: Sendable, CustomStringConvertible {
    package let addresses: Range<UInt>
    /// Such as `rw-p`.
    package let permissions: String
    /// A file, such as `[stack]`, or nothing.
    package let name: String

    init?(_ line: Substring) {
        let words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
        guard words.count >= 5 else { return nil }
        let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard ends.count == 2, ends[0] < ends[1] else { return nil }
        addresses = ends[0]..<ends[1]
        permissions = String(words[1])
        name = words.count > 5 ? String(words[5]) : ""
    }

    /// Whether a secret can stand there. What is mapped from a file and cannot be written holds what the file holds.
    var canHoldSecrets: Bool {
        guard permissions.hasPrefix("r"), !["[vvar]", "[vvar_vclock]", "[vdso]", "[vsyscall]"].contains(name) else { return false }
        return permissions.dropFirst().first == "w" || !name.hasPrefix("/")
    }

    package var description: String {
        "\(String(addresses.lowerBound, radix: 16))-\(String(addresses.upperBound, radix: 16)) \(permissions) \(name)"
    }
}
