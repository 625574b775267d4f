internal import Bedrock
internal import Cryptography

/// A JSON answer (RFC 8259), read where it lies: nothing is copied out of the wiped buffer but what is asked for.
///
/// Bounds: 16 levels, 256 members of an object, 8,192 values. A key that stands twice in one object is refused.
struct JSONDocument {
    struct Malformed: Error {}

    enum Kind { case object, array, string, number, literal }

    struct Node {
        let parent: Int
        /// Between the quotes; empty for the root and in arrays.
        let key: Range<Int>
        let kind: Kind
        /// Between the quotes of a string; all of any other value.
        var value: Range<Int>
    }

    let bytes: WipedBytes
    private(set) var nodes: [Node] = []

    init(_ bytes: WipedBytes) throws(Malformed) {
        self.bytes = bytes
        var position = 0
        try parseValue(&position, parent: -1, key: 0..<0, depth: 0)
        skipSpace(&position)
        guard position == bytes.count else { throw Malformed() }
    }

    /// The text at `path`; nil where there is none, or it is not a string.
    func text(_ path: String...) -> String? {
        find(path).flatMap(text)
    }

    func text(_ node: Node) -> String? {
        guard node.kind == .string else { return nil }
        var utf8: [UInt8] = []
        guard unescape(node.value, { utf8.append($0) }) else { return nil }
        return String(validating: utf8, as: UTF8.self)
    }

    func seconds(_ node: Node) -> Int64? {
        guard node.kind == .number, let text = bytes.text(node.value), let value = Double(text), abs(value) < 1e15 else { return nil }
        return Int64(value)
    }

    /// Whether a literal is `true`; nil where there is neither that nor `false`.
    func flag(_ path: String...) -> Bool? {
        guard let node = find(path), node.kind == .literal else { return nil }
        switch bytes.text(node.value) {
        case "true": return true
        case "false": return false
        default: return nil
        }
    }

    /// A string as a buffer that is wiped.
    func secret(_ path: String...) -> WipedBytes? {
        guard let node = find(path), node.kind == .string else { return nil }
        let secret = WipedBytes(capacity: node.value.count)
        return unescape(node.value, { secret.append($0) }) ? secret : nil
    }

    /// Whole seconds, for instance of a date; fractions are cut off.
    func seconds(_ path: String...) -> Int64? {
        find(path).flatMap(seconds)
    }

    /// What a base64 string decodes to, where it is not secret.
    func base64(_ path: String...) -> [UInt8]? {
        guard let node = find(path), node.kind == .string else { return nil }
        var decoded: [UInt8] = []
        return decode(node.value, { decoded.append($0) }) ? decoded : nil
    }

    /// What a base64 string decodes to, straight into locked memory; nil where there is none, or it is too long.
    func secretBytes(_ path: String...) throws(CryptographyError) -> SecretBytes? {
        guard let node = find(path), node.kind == .string else { return nil }
        var count = 0
        guard decode(node.value, { _ in count += 1 }), count <= SecretArena.slotSize else { return nil }
        return try SecretBytes(byteCount: count) { (output) throws(CryptographyError) in
            _ = unescape(node.value, decoding: &output)
        }
    }

    private func find(_ path: [String]) -> Node? { index(of: path).map { nodes[$0] } }

    /// Where the value at `path` is, seen from the value at `start`.
    func index(of path: [String], from start: Int = 0) -> Int? {
        guard nodes.indices.contains(start) else { return nil }
        var current = start
        for name in path {
            guard nodes[current].kind == .object,
                let next = nodes.indices.first(where: { nodes[$0].parent == current && equals(nodes[$0].key, name) })
            else { return nil }
            current = next
        }
        return current
    }

    private func equals(_ range: Range<Int>, _ name: String) -> Bool {
        range.count == name.utf8.count && zip(range, name.utf8).allSatisfy { bytes[$0] == $1 }
    }

    private func decode(_ range: Range<Int>, _ emit: (UInt8) -> Void) -> Bool {
        var decoder = Base64Decoder()
        return unescape(
            range,
            { digit in
                let group = decoder.push(digit)
                for index in 0..<group.count { emit(group[index]) }
            }) && decoder.isWhole
    }

    /// `emit` cannot hold an output span, so that the bytes are pushed one by one here.
    private func unescape(_ range: Range<Int>, decoding output: inout OutputRawSpan) -> Bool {
        var decoder = Base64Decoder()
        var position = range.lowerBound
        while position < range.upperBound {
            guard let (scalar, next) = character(at: position, before: range.upperBound), scalar < 0x80 else { return false }
            position = next
            decoder.push(UInt8(scalar)).append(to: &output)
        }
        return decoder.isWhole
    }
}

// Strings.
extension JSONDocument {
    private func unescape(_ range: Range<Int>, _ emit: (UInt8) -> Void) -> Bool {
        var position = range.lowerBound
        while position < range.upperBound {
            if bytes[position] != UInt8(ascii: "\\") {
                emit(bytes[position])
                position += 1
                continue
            }
            guard let (scalar, next) = character(at: position, before: range.upperBound), let unicode = Unicode.Scalar(scalar) else {
                return false
            }
            position = next
            for byte in UTF8.encode(unicode) ?? UTF8.encodedReplacementCharacter { emit(byte) }
        }
        return true
    }

    /// One byte, or one escape, and where the next begins.
    private func character(at position: Int, before end: Int) -> (UInt32, Int)? {
        guard bytes[position] == UInt8(ascii: "\\") else { return (UInt32(bytes[position]), position + 1) }
        guard position + 1 < end else { return nil }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""): return (0x22, position + 2)
        case UInt8(ascii: "\\"): return (0x5C, position + 2)
        case UInt8(ascii: "/"): return (0x2F, position + 2)
        case UInt8(ascii: "b"): return (0x08, position + 2)
        case UInt8(ascii: "f"): return (0x0C, position + 2)
        case UInt8(ascii: "n"): return (0x0A, position + 2)
        case UInt8(ascii: "r"): return (0x0D, position + 2)
        case UInt8(ascii: "t"): return (0x09, position + 2)
        case UInt8(ascii: "u"):
            guard let first = hex(at: position + 2, before: end) else { return nil }
            guard (0xD800..<0xDC00).contains(first) else { return (first, position + 6) }
            guard position + 7 < end, bytes[position + 6] == UInt8(ascii: "\\"), bytes[position + 7] == UInt8(ascii: "u"),
                let second = hex(at: position + 8, before: end), (0xDC00..<0xE000).contains(second)
            else { return nil }
            return (0x10000 + (first - 0xD800) << 10 + (second - 0xDC00), position + 12)
        default: return nil
        }
    }

    private func hex(at position: Int, before end: Int) -> UInt32? {
        guard position + 4 <= end else { return nil }
        var value: UInt32 = 0
        for index in position..<position + 4 {
            guard let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}

// Reading the whole, once.
extension JSONDocument {
    private mutating func parseValue(_ position: inout Int, parent: Int, key: Range<Int>, depth: Int) throws(Malformed) {
        skipSpace(&position)
        guard depth <= 16, nodes.count < 8192, position < bytes.count else { throw Malformed() }
        let start = position
        switch bytes[position] {
        case UInt8(ascii: "{"):
            nodes.append(Node(parent: parent, key: key, kind: .object, value: start..<start))
            try parseObject(&position, index: nodes.count - 1, depth: depth)
        case UInt8(ascii: "["):
            nodes.append(Node(parent: parent, key: key, kind: .array, value: start..<start))
            try parseArray(&position, index: nodes.count - 1, depth: depth)
        case UInt8(ascii: "\""):
            nodes.append(Node(parent: parent, key: key, kind: .string, value: try parseString(&position)))
        default:
            let word = parseWord(&position)
            guard let text = bytes.text(word) else { throw Malformed() }
            switch text {
            case "true", "false", "null": nodes.append(Node(parent: parent, key: key, kind: .literal, value: word))
            default:
                guard let first = text.utf8.first, first == UInt8(ascii: "-") || (first >= 0x30 && first <= 0x39), Double(text) != nil
                else {
                    throw Malformed()
                }
                nodes.append(Node(parent: parent, key: key, kind: .number, value: word))
            }
        }
    }

    private mutating func parseObject(_ position: inout Int, index: Int, depth: Int) throws(Malformed) {
        position += 1
        var keys: [Range<Int>] = []
        skipSpace(&position)
        if take(UInt8(ascii: "}"), &position) { return }
        while true {
            skipSpace(&position)
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw Malformed() }
            let key = try parseString(&position)
            let isRepeated = keys.contains { other in other.count == key.count && zip(other, key).allSatisfy { bytes[$0] == bytes[$1] } }
            guard !isRepeated, keys.count < 256 else { throw Malformed() }
            keys.append(key)
            skipSpace(&position)
            guard take(UInt8(ascii: ":"), &position) else { throw Malformed() }
            try parseValue(&position, parent: index, key: key, depth: depth + 1)
            skipSpace(&position)
            if take(UInt8(ascii: "}"), &position) { return }
            guard take(UInt8(ascii: ","), &position) else { throw Malformed() }
        }
    }

    private mutating func parseArray(_ position: inout Int, index: Int, depth: Int) throws(Malformed) {
        position += 1
        skipSpace(&position)
        if take(UInt8(ascii: "]"), &position) { return }
        while true {
            try parseValue(&position, parent: index, key: 0..<0, depth: depth + 1)
            skipSpace(&position)
            if take(UInt8(ascii: "]"), &position) { return }
            guard take(UInt8(ascii: ","), &position) else { throw Malformed() }
        }
    }

    private func parseString(_ position: inout Int) throws(Malformed) -> Range<Int> {
        let start = position + 1
        position = start
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return start..<position - 1
            case UInt8(ascii: "\\"): position += 2
            case 0..<0x20: throw Malformed()
            default: position += 1
            }
        }
        throw Malformed()
    }

    private func parseWord(_ position: inout Int) -> Range<Int> {
        let start = position
        while position < bytes.count, position - start < 64 {
            switch bytes[position] {
            case 0x30...0x39, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "E"): position += 1
            default: return start..<position
            }
        }
        return start..<position
    }

    private func skipSpace(_ position: inout Int) {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private func take(_ byte: UInt8, _ position: inout Int) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }
}
