/// A reference to a key in a customer's KMS: its kind, what names the key, and how to get at it.
///
/// What a kind takes, and what it demands of each value, stands with the kind; here all are text within bounds.
public struct KMSKey: Hashable, Sendable {
    /// The most bytes of a kind's name, and of an option's.
    public static let largestName = 63
    /// The most bytes of what names the key, and of an option's value.
    public static let largestValue = 2048
    /// The most options.
    public static let mostOptions = 16

    /// As the daemon names it.
    public var kind: String
    /// What names the key within its KMS.
    public var key: String
    /// None of them is secret.
    public var options: [String: String]

    public init(kind: String, key: String, options: [String: String] = [:]) {
        self.kind = kind
        self.key = key
        self.options = options
    }
}

extension KMSKey {
    /// A string8 kind, a string16 key, a u8 number of options, and of each a string8 name and a string16 value, by the bytes of the names.
    init(reading reader: inout WireReader, in fields: RawSpan) throws(WireError) {
        kind = try Self.name(try reader.copiedString8(in: fields, "kind of main key"), "kind of main key")
        key = try Self.value(try reader.copiedString16(in: fields, "key reference"), "key reference")
        options = [:]
        let count = try reader.u8(in: fields, "number of options")
        guard count <= Self.mostOptions else { throw .tooMany("options", limit: Self.mostOptions) }
        var last = ""
        for _ in 0..<count {
            let name = try Self.name(try reader.copiedString8(in: fields, "option name"), "option name")
            // In order, so that each key has one encoding, and no option two values.
            guard last.utf8.lexicographicallyPrecedes(name.utf8) else { throw .unknownValue("option name") }
            options[name] = try Self.value(try reader.copiedString16(in: fields, "option value"), "option value")
            last = name
        }
    }

    func append(to bytes: inout [UInt8]) throws(WireError) {
        try bytes.appendString8(try Self.name(kind, "kind of main key"), "kind of main key")
        try bytes.appendString16(try Self.value(key, "key reference"), "key reference")
        guard options.count <= Self.mostOptions else { throw .tooMany("options", limit: Self.mostOptions) }
        bytes.append(UInt8(options.count))
        for (name, value) in options.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            try bytes.appendString8(try Self.name(name, "option name"), "option name")
            try bytes.appendString16(try Self.value(value, "option value"), "option value")
        }
    }

    /// Lower-case letters, digits and hyphens.
    private static func name(_ text: String, _ field: StaticString) throws(WireError) -> String {
        guard text.utf8.count <= largestName else { throw .tooLong(field, limit: largestName) }
        let isName = text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        guard isName, !text.isEmpty else { throw .unknownValue(field) }
        return text
    }

    /// Text that people will read: no control characters.
    private static func value(_ text: String, _ field: StaticString) throws(WireError) -> String {
        guard text.utf8.count <= largestValue else { throw .tooLong(field, limit: largestValue) }
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else { throw .unknownValue(field) }
        return text
    }
}
