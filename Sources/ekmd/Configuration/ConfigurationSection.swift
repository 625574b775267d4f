import Yams

/// One mapping of the file. Every key that is known must be taken; what is left over at the end is an error at its own line.
struct ConfigurationSection {
    private let name: String
    private let node: Node?
    private let diagnostics: ConfigurationDiagnostics
    private var taken: [String] = []

    /// - Parameter name: as a person would write it, such as `cache`; empty for the file's top.
    init(_ node: Node?, name: String, diagnostics: ConfigurationDiagnostics) {
        self.name = name
        self.diagnostics = diagnostics
        if let node, node.mapping == nil, !Self.isNull(node) {
            diagnostics.error(
                (name.isEmpty ? "the configuration" : "'\(name)'") + " must be a mapping of keys to values, such as 'key: value'", at: node)
            self.node = nil
        } else {
            self.node = node?.mapping == nil ? nil : node
        }
    }

    /// Where the section stands.
    var place: Node? { node }

    /// The value of a key; nil where it is absent or null.
    mutating func take(_ key: String) -> Node? {
        taken.append(key)
        guard let value = node?.mapping?[Node(key)] else { return nil }
        return Self.isNull(value) ? nil : value
    }

    mutating func section(_ key: String) -> ConfigurationSection {
        ConfigurationSection(take(key), name: path(key), diagnostics: diagnostics)
    }

    /// A value that `parse` accepts; the default where there is none.
    mutating func value<Value>(_ key: String, default value: Value, expected: String, _ parse: (String) -> Value?) -> Value {
        guard let node = take(key) else { return value }
        if let text = node.scalar?.string, let parsed = parse(text) { return parsed }
        diagnostics.error("'\(path(key))' must be \(expected)", at: node)
        return value
    }

    mutating func integer(_ key: String, default value: Int, in range: ClosedRange<Int>) -> Int {
        self.value(key, default: value, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)") {
            DecimalText.parse($0[...]).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    mutating func size(_ key: String, default value: Int, in range: ClosedRange<Int>) -> Int {
        let expected = "a size from \(SizeText.text(of: range.lowerBound)) to \(SizeText.text(of: range.upperBound)), such as 64KiB or 1MiB"
        return self.value(key, default: value, expected: expected) { SizeText.parse($0).flatMap { range.contains($0) ? $0 : nil } }
    }

    mutating func duration(_ key: String, default value: Duration, in range: ClosedRange<Duration>) -> Duration {
        let expected =
            "a time with its unit (ms, s, m, h, d) from \(DurationText.text(of: range.lowerBound)) to \(DurationText.text(of: range.upperBound)), "
            + "such as \(DurationText.text(of: value))"
        return self.value(key, default: value, expected: expected) { DurationText.parse($0).flatMap { range.contains($0) ? $0 : nil } }
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, default value: Choice) -> Choice
    where Choice.RawValue == String {
        let expected = "one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))"
        return self.value(key, default: value, expected: expected, Choice.init(rawValue:))
    }

    /// Text that is not empty; nil where the key is absent.
    mutating func text(_ key: String, expected: String = "text", _ isValid: (String) -> Bool = { _ in true }) -> String? {
        value(key, default: nil, expected: expected) { !$0.isEmpty && isValid($0) ? .some(.some($0)) : nil }
    }

    /// Refuses keys that nobody took.
    func finish() {
        guard let mapping = node?.mapping else { return }
        for (key, _) in mapping where !taken.contains(key.scalar?.string ?? "") {
            let place = name.isEmpty ? "at the top of the file" : "in '\(name)'"
            diagnostics.error(
                "unknown key '\(key.scalar?.string ?? "?")' \(place); known: \(taken.sorted().joined(separator: ", "))", at: key)
        }
    }

    private func path(_ key: String) -> String { name.isEmpty ? key : "\(name).\(key)" }

    private static func isNull(_ node: Node) -> Bool {
        guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}
