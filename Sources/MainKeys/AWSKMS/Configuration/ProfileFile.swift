internal import Bedrock

/// One shared file of AWS tools: sections with keys, one level of nested keys (`services`), comments. Secrets never become a `String`.
struct ProfileFile {
    struct Section {
        /// Keys in lower case.
        var values: [String: String] = [:]
        var secrets: [String: WipedBytes] = [:]
        /// The indented keys below a key without a value.
        var nested: [String: [String: String]] = [:]
    }

    struct Malformed: Error { let line: Int }

    private static let secretKeys: Set<String> = ["aws_secret_access_key", "aws_session_token"]

    private(set) var sections: [String: Section] = [:]

    init() {}

    init(_ file: WipedBytes) throws(Malformed) {
        var current: String?
        var parent: String?
        var start = 0
        var number = 0
        while start < file.count {
            let end = (start..<file.count).first { file[$0] == UInt8(ascii: "\n") } ?? file.count
            let isIndented = file[start] == 0x20 || file[start] == 0x09
            let line = Self.trim(file, start..<end)
            start = end + 1
            number += 1
            guard let first = line.first, file[first] != UInt8(ascii: "#"), file[first] != UInt8(ascii: ";") else { continue }
            if file[first] == UInt8(ascii: "["), !isIndented {
                guard let close = line.first(where: { file[$0] == UInt8(ascii: "]") }), let title = file.text(first + 1..<close) else {
                    throw Malformed(line: number)
                }
                let name = Self.normalised(title)
                current = name
                parent = nil
                sections[name, default: Section()] = sections[name] ?? Section()
                continue
            }
            guard let section = current, let equals = line.first(where: { file[$0] == UInt8(ascii: "=") }),
                let key = file.text(Self.trim(file, line.lowerBound..<equals))?.lowercased(), !key.isEmpty
            else { throw Malformed(line: number) }
            let value = Self.trim(file, equals + 1..<Self.commentStart(file, equals + 1..<line.upperBound))
            if isIndented, let parent {
                sections[section]?.nested[parent, default: [:]][key] = file.text(value)
            } else if Self.secretKeys.contains(key) {
                sections[section]?.secrets[key] = file.copy(value)
            } else {
                sections[section]?.values[key] = file.text(value)
                parent = value.isEmpty ? key : nil
            }
        }
    }

    /// `profile "my own"` and `profile  my own` are the same.
    private static func normalised(_ title: String) -> String {
        title.split(whereSeparator: \.isWhitespace).joined(separator: " ").filter { $0 != "\"" && $0 != "'" }
    }

    private static func trim(_ file: WipedBytes, _ range: Range<Int>) -> Range<Int> {
        func isSpace(_ index: Int) -> Bool { [0x20, 0x09, 0x0D].contains(file[index]) }
        guard let first = range.first(where: { !isSpace($0) }), let last = range.last(where: { !isSpace($0) }) else {
            return range.lowerBound..<range.lowerBound
        }
        return first..<last + 1
    }

    /// Where ` #` or ` ;` begins a comment behind a value.
    private static func commentStart(_ file: WipedBytes, _ range: Range<Int>) -> Int {
        range.dropFirst().first { [0x23, 0x3B].contains(file[$0]) && [0x20, 0x09].contains(file[$0 - 1]) } ?? range.upperBound
    }
}
