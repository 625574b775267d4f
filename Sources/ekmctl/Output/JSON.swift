import FoundationEssentials

/// How results become JSON.
enum JSON {
    /// Readable, with sorted keys.
    static func text(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    static func print(_ value: some Encodable) throws(Failure) { try Terminal.output(verbatim: text(value)) }
}
