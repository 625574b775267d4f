internal import Bedrock
package import Logging

/// One log message with its fields, and how the journal and a terminal show it.
package struct LogRecord: Equatable, Sendable {
    package var level: Logger.Level
    package var label: String
    package var message: String
    /// Sorted by key.
    package var fields: [Field]

    package struct Field: Equatable, Sendable {
        package var key: String
        package var value: String

        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    package init(level: Logger.Level, label: String, message: String, metadata: Logger.Metadata = [:]) {
        self.level = level
        self.label = label
        self.message = message
        fields = metadata.sorted { $0.key < $1.key }.map { Field($0.key, "\($0.value)") }
    }

    /// `level message key=value …`, one line: what is not plain is quoted and escaped.
    package var line: String {
        var line = "\(level) \(Self.oneLine(message))"
        for field in fields { line += " \(field.key)=\(Self.quoted(field.value))" }
        return line
    }

    /// The journal's fields, `NAME=value` as bytes (systemd.journal-fields(7)).
    package var journalFields: [[UInt8]] {
        var all = [Field("MESSAGE", message), Field("PRIORITY", String(Self.priority(of: level))), Field("EKM_LABEL", label)]
        // A prefix keeps a key from posing as one of the journal's own.
        all += fields.map { Field("EKM_" + Self.journalName(of: $0.key), $0.value) }
        return all.map { Array("\($0.key)=\($0.value)".utf8) }
    }

    /// syslog's priorities (RFC 5424, section 6.2.1).
    static func priority(of level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    /// Upper case letters, digits and underscores; at most 64 characters with the prefix.
    private static func journalName(of key: String) -> String {
        let name = key.utf8.prefix(60).map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 32
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: UInt8(ascii: "_")
            }
        }
        return String(decoding: name, as: UTF8.self)
    }

    private static func oneLine(_ text: String) -> String {
        text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f } ? escaped(text) : text
    }

    private static func quoted(_ text: String) -> String {
        let plain = !text.isEmpty && !text.unicodeScalars.contains { $0.value <= 0x20 || $0.value == 0x7f || $0 == "\"" || $0 == "=" }
        return plain ? text : "\"\(escaped(text).replacing("\"", with: "\\\""))\""
    }

    /// Control characters would let a message forge another line, or drive a terminal.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": escaped += "\\n"
            case "\t": escaped += "\\t"
            case "\\": escaped += "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                escaped += "\\x" + Hex.text(of: UInt8(truncatingIfNeeded: scalar.value))
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
