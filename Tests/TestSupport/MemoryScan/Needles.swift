import Glibc

/// Byte sequences to look for in a process's memory, each with a name that may be printed.
///
/// They stand in pages of their own, so that a process that looks through itself does not find them there. Whatever computes them
/// leaves no copy elsewhere.
package final class Needles: @unchecked Sendable {
    // Unchecked: filled by one thread, then only read.
    struct Pattern {
        let name: String
        let bytes: UnsafeRawBufferPointer
    }

    private let pages: PrivatePages
    private var used = 0
    private(set) var patterns: [Pattern] = []

    /// - Parameter byteCount: room for all of them.
    package init(byteCount: Int = 1 << 20) throws { pages = try PrivatePages(byteCount: byteCount) }

    var addresses: Range<UInt> { pages.addresses }

    package var names: Set<String> { Set(patterns.map(\.name)) }

    /// Room that no scan of this process looks into.
    package func room(_ count: Int) -> UnsafeMutableRawBufferPointer {
        precondition(used + count <= pages.bytes.count, "the needles need more room")
        // A cache line of zeros between them: no needle runs into the next.
        defer { used += (count + 127) & ~63 }
        return UnsafeMutableRawBufferPointer(rebasing: pages.bytes[used..<used + count])
    }

    /// Looks for these very bytes.
    package func add(_ name: String, _ bytes: UnsafeRawBufferPointer) {
        let place = room(bytes.count)
        place.copyMemory(from: bytes)
        patterns.append(Pattern(name: name, bytes: UnsafeRawBufferPointer(place)))
    }

    /// Looks for each half of a key, and for its base64 wherever in a longer text it begins.
    ///
    /// - Parameter bytes: at least 24; a part of the key is as bad as the whole.
    package func add(secret name: String, _ bytes: UnsafeRawBufferPointer) {
        let half = min(bytes.count / 2, 64)
        add("\(name)", UnsafeRawBufferPointer(rebasing: bytes.prefix(half)))
        add("\(name), its end", UnsafeRawBufferPointer(rebasing: bytes.suffix(half)))
        for skipped in 0..<3 {
            // Base64 of whole groups of three bytes: what stands around the secret does not change it.
            let groups = min((bytes.count - skipped) / 3, 24)
            let source = UnsafeRawBufferPointer(rebasing: bytes[skipped..<skipped + groups * 3])
            addBase64("\(name), base64 from byte \(skipped)", source, escaping: false)
            addBase64("\(name), base64 from byte \(skipped), in JSON", source, escaping: true)
        }
    }

    /// - Parameter isEscaped: as JSON writers may put it, with `\/`; nothing is added where that makes no difference.
    private func addBase64(_ name: String, _ source: UnsafeRawBufferPointer, escaping isEscaped: Bool) {
        let place = room(source.count / 3 * 8)
        var count = 0
        var escapes = 0
        for group in 0..<source.count / 3 {
            let bits = UInt32(source[group * 3]) << 16 | UInt32(source[group * 3 + 1]) << 8 | UInt32(source[group * 3 + 2])
            for shift in [18, 12, 6, 0] as [UInt32] {
                let digit = Self.digit(UInt8(bits >> shift & 63))
                if isEscaped, digit == UInt8(ascii: "/") {
                    place[count] = UInt8(ascii: "\\")
                    count += 1
                    escapes += 1
                }
                place[count] = digit
                count += 1
            }
        }
        if isEscaped, escapes == 0 { return }
        patterns.append(Pattern(name: name, bytes: UnsafeRawBufferPointer(rebasing: place[..<count])))
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: value + UInt8(ascii: "A")
        case 26..<52: value - 26 + UInt8(ascii: "a")
        case 52..<62: value - 52 + UInt8(ascii: "0")
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}
