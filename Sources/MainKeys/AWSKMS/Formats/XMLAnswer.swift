internal import Bedrock

/// As much of XML as STS answers in: elements by their path, with text. No attributes are read, and no entity but the five of XML.
struct XMLAnswer {
    private let bytes: WipedBytes

    init(_ bytes: WipedBytes) { self.bytes = bytes }

    func text(_ path: String...) -> String? {
        guard let secret = find(path) else { return nil }
        return secret.text(0..<secret.count)
    }

    func secret(_ path: String...) -> WipedBytes? { find(path) }

    /// Each name is looked for inside the element before it, at any depth: an answer wraps its result in one or two of its own.
    private func find(_ path: [String]) -> WipedBytes? {
        var range = 0..<bytes.count
        for name in path {
            guard let inner = element(name, in: range) else { return nil }
            range = inner
        }
        return decode(range)
    }

    private func element(_ name: String, in range: Range<Int>) -> Range<Int>? {
        guard let start = index(of: "<\(name)>", in: range) ?? index(of: "<\(name) ", in: range),
            let open = (start..<range.upperBound).first(where: { bytes[$0] == UInt8(ascii: ">") }),
            let end = index(of: "</\(name)>", in: open + 1..<range.upperBound)
        else { return nil }
        return open + 1..<end
    }

    private func index(of text: String, in range: Range<Int>) -> Int? {
        let wanted = Array(text.utf8)
        guard range.count >= wanted.count else { return nil }
        return (range.lowerBound...range.upperBound - wanted.count).first { start in
            wanted.indices.allSatisfy { bytes[start + $0] == wanted[$0] }
        }
    }

    private func decode(_ range: Range<Int>) -> WipedBytes? {
        let entities = [
            "amp": UInt8(ascii: "&"), "lt": UInt8(ascii: "<"), "gt": UInt8(ascii: ">"), "quot": UInt8(ascii: "\""),
            "apos": UInt8(ascii: "'"),
        ]
        let decoded = WipedBytes(capacity: range.count)
        var position = range.lowerBound
        while position < range.upperBound {
            guard bytes[position] == UInt8(ascii: "&") else {
                decoded.append(bytes[position])
                position += 1
                continue
            }
            guard let end = (position..<min(position + 8, range.upperBound)).first(where: { bytes[$0] == UInt8(ascii: ";") }),
                let name = bytes.text(position + 1..<end), let character = entities[name]
            else { return nil }
            decoded.append(character)
            position = end + 1
        }
        return decoded
    }
}
