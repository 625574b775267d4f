import Bedrock
import EKMWire
import FoundationEssentials

/// What a receipt says, byte for byte as it was signed, and for a person.
struct ReceiptDocument {
    /// The members of a document that a person is shown.
    private struct Content: Decodable {
        struct Environment: Decodable { let id, name: String }
        struct Subject: Decodable {
            let kind: String
            let before, connection: String?
        }
        struct Keys: Decodable {
            let hourly, connection, log: Int
            let firstHour, lastHour: String?
            let digest: String
        }

        let receipt, cause, clock, startedAt, finishedAt, purged: String
        let environment: Environment
        let subject: Subject
        let keys: Keys
        let doesNotCover: [String]
    }

    let bytes: [UInt8]?

    init(_ receipt: ReceiptReport) { bytes = Base64.bytes(of: Array(receipt.document.utf8)) }

    /// For a person; the document itself where it is of another kind.
    var text: String {
        guard let bytes, let text = String(validating: bytes, as: UTF8.self) else { return "(the document is no text)" }
        guard let content = try? JSONDecoder().decode(Content.self, from: Data(bytes)) else { return text }
        return Self.text(content)
    }

    private static func text(_ content: Content) -> String {
        var rows = [
            ("receipt", content.receipt), ("environment", "\(content.environment.name) (\(content.environment.id))"),
            ("erased", what(content.subject)), ("cause", content.cause),
            ("when", "\(content.startedAt) to \(content.finishedAt), by a clock that was \(content.clock)"),
        ]
        var hours = ""
        if let first = content.keys.firstHour, let last = content.keys.lastHour {
            hours = first == last ? " (\(first))" : " (\(first) to \(last))"
        }
        rows.append(("hourly keys", "\(content.keys.hourly)\(hours)"))
        rows.append(("connection keys", "\(content.keys.connection)"))
        rows.append(("log keys", "\(content.keys.log)"))
        rows.append(("digest", content.keys.digest))
        rows.append(("done", content.purged))
        rows += content.doesNotCover.map { ("does not cover", $0) }
        return TextRows.lines(rows, labels: 17).joined(separator: "\n")
    }

    private static func what(_ subject: Content.Subject) -> String {
        if let connection = subject.connection { return "\(subject.kind) \(connection)" }
        return "\(subject.kind) before \(subject.before ?? "-")"
    }
}
