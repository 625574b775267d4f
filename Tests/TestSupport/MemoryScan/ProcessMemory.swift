import Foundation

/// All that a process can read of itself, as `/proc/PID/mem` shows it: to its own threads, and to root.
package struct ProcessMemory: Sendable {
    /// A needle, and where it stands.
    package struct Finding: Sendable, CustomStringConvertible {
        package let needle: String
        package let address: UInt
        package let mapping: MemoryMapping
        /// What stands before and behind it, where that can be printed: it often tells whose memory it is.
        package let surroundings: String

        package var description: String {
            "\(needle) at \(String(address, radix: 16)) in \(mapping), within: \(surroundings)"
        }
    }

    /// How much was looked through.
    package struct Extent: Sendable {
        package var mappings = 0
        /// Bytes that are not zero, in pieces of 64 KiB.
        package var bytes = 0
    }

    private static let piece = 64 << 10
    private static let mostFindings = 200
    private let path: String

    /// - Parameter process: nil for this process.
    package init(of process: Int32? = nil) { path = "/proc/\(process.map(String.init) ?? "self")" }

    /// Whether a process can be looked through in a bearable time: the shadow of a sanitizer has terabytes.
    package static let isBearable = !Executables.isSanitized

    /// Whether this process may read the memory of one that does not let itself be traced: root may, unless it lost the right.
    package static let mayReadOthers: Bool = {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let effective = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }?.split(separator: "\t").last
        // CAP_SYS_PTRACE.
        return effective.flatMap { UInt64($0, radix: 16) }.map { $0 >> 19 & 1 == 1 } ?? false
    }()

    /// Every place where a needle stands. The needles themselves, and what the scan reads into, are left out.
    package func find(_ needles: Needles) throws -> (findings: [Finding], extent: Extent) {
        guard let find = Self.memmem else { throw ProcessFailure("this system's C library has no memmem") }
        let longest = needles.patterns.map(\.bytes.count).max() ?? 0
        let buffer = try PrivatePages(byteCount: Self.piece + (longest + 4095) / 4096 * 4096)
        let descriptor = open("\(path)/mem", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ProcessFailure("cannot open \(path)/mem: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var findings: [Finding] = []
        var extent = Extent()
        for mapping in try mappings() where mapping.canHoldSecrets {
            extent.mappings += 1
            for range in Self.subtract([needles.addresses, buffer.addresses], from: mapping.addresses) {
                var start = range.lowerBound
                while start < range.upperBound {
                    let wanted = min(buffer.bytes.count, Int(range.upperBound - start))
                    let count = pread(descriptor, buffer.bytes.baseAddress, wanted, off_t(start))
                    if count > 0, !Self.isZero(buffer.bytes.prefix(count)) {
                        extent.bytes += min(count, Self.piece)
                        search(buffer.bytes.prefix(count), at: start, in: mapping, needles, with: find, &findings)
                        if findings.count >= Self.mostFindings { return (findings, extent) }
                    }
                    start += UInt(Self.piece)
                }
            }
        }
        return (findings, extent)
    }

    private func search(
        _ bytes: Slice<UnsafeMutableRawBufferPointer>, at start: UInt, in mapping: MemoryMapping, _ needles: Needles,
        with find: Find, _ findings: inout [Finding]
    ) {
        let bytes = UnsafeRawBufferPointer(rebasing: bytes)
        guard let base = bytes.baseAddress else { return }
        for pattern in needles.patterns {
            var offset = 0
            while offset < bytes.count, let hit = find(base + offset, bytes.count - offset, pattern.bytes.baseAddress, pattern.bytes.count)
            {
                let place = UnsafeRawPointer(hit) - base
                // What begins behind the piece is found again with the next one.
                guard place < Self.piece else { break }
                findings.append(
                    Finding(
                        needle: pattern.name, address: start + UInt(place), mapping: mapping,
                        surroundings: Self.printable(bytes, around: place..<place + pattern.bytes.count)))
                offset = place + pattern.bytes.count
            }
        }
    }

    private typealias Find = @convention(c) (UnsafeRawPointer?, Int, UnsafeRawPointer?, Int) -> UnsafeMutableRawPointer?
    /// Glibc has the call, its Swift module has not.
    private static let memmem = dlsym(nil, "memmem").map { unsafeBitCast($0, to: Find.self) }

    package func mappings() throws -> [MemoryMapping] {
        try String(contentsOfFile: "\(path)/maps", encoding: .utf8).split(separator: "\n").compactMap { MemoryMapping($0) }
    }

    private static func isZero(_ bytes: Slice<UnsafeMutableRawBufferPointer>) -> Bool {
        let bytes = UnsafeRawBufferPointer(rebasing: bytes)
        guard let base = bytes.baseAddress, bytes[0] == 0 else { return false }
        return memcmp(base, base + 1, bytes.count - 1) == 0
    }

    private static func printable(_ bytes: UnsafeRawBufferPointer, around needle: Range<Int>) -> String {
        let text = { (range: Range<Int>) in
            String(
                decoding: bytes[range.clamped(to: 0..<bytes.count)].map { (32..<127).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
        }
        return text(needle.lowerBound - 48..<needle.lowerBound) + " «…» " + text(needle.upperBound..<needle.upperBound + 48)
    }

    private static func subtract(_ holes: [Range<UInt>], from range: Range<UInt>) -> [Range<UInt>] {
        holes.reduce([range]) { rest, hole in
            rest.flatMap { range -> [Range<UInt>] in
                guard range.overlaps(hole) else { return [range] }
                let parts = [
                    (range.lowerBound, max(range.lowerBound, hole.lowerBound)), (min(range.upperBound, hole.upperBound), range.upperBound),
                ]
                return parts.compactMap { $0.0 < $0.1 ? $0.0..<$0.1 : nil }
            }
        }
    }
}
