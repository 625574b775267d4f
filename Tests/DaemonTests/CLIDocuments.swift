import Bedrock
import EKMWire
import Foundation
import KeyHierarchy

@testable import ekmctl

/// What `ekmctl` makes itself, and no test has it print: with all that may be left open set, and with none of it.
enum CLIDocuments {
    private static let name = "acme/prod"
    private static let moment = "2026-11-23T10:00:00.125Z"

    /// By the name of their schema.
    static func all() throws -> [(schema: String, text: [UInt8])] {
        let encodable: [(String, any Encodable)] = [
            ("ekmctl-error", ErrorReport(error: .init(.usage("no")))), ("ekmctl-error", ErrorReport(error: .init(refusal))),
            ("ekmctl-transfer", TransferReport(format: .stream, plaintext: 1, ciphertext: 2, secondsLeft: nil)),
            ("ekmctl-transfer", TransferReport(format: .envelope, plaintext: 1, ciphertext: 2, secondsLeft: 3)),
            ("ekmctl-drill", DrillReport(environment: name)), ("ekmctl-drill", drill),
            ("ekmctl-demo", DemoJournal.Summary(files: 1, plaintextBytes: 2, operations: 3, checksPassed: 4, checksFailed: ["none"])),
        ]
        return encodable.map { ($0.0, printed($0.1)) } + (try receipts.map { ("receipt-document", try canonical($0)) })
    }

    private static func printed(_ value: any Encodable) -> [UInt8] { Array(JSON.text(value).utf8) }

    private static var refusal: Failure {
        var failure = Failure(.unavailable, "restricted", "The KMS denies it.", remedy: "Allow it.")
        failure.code = 64
        failure.verdict = "restricted"
        failure.verdictAt = "2026-11-23T10:00:00Z"
        failure.reason = "AccessDeniedException"
        return failure
    }

    private static var drill: DrillReport {
        var report = DrillReport(environment: name)
        report.lastProof = "2026-11-23T10:00:00Z"
        (report.lastSuccess, report.firstRefusal, report.recovery) = (moment, moment, moment)
        report.refusal = DrillReport.Refusal(name: "restricted", verdict: "restricted", message: "Denied.", reason: "")
        (report.publishedBound, report.fromProofToRefusal, report.fromSuccessToRefusal) = (300, 299.5, 0.1)
        (report.pastDeadline, report.toRecovery) = (-0.5, 2)
        report.keysInMemory = InMemoryReport(environmentKeys: 1, keys: 2, ciphers: 3)
        report.failures = ["Keys stayed."]
        return report
    }

    /// Documents of receipts, less what is of every one.
    private static let receipts: [(subject: String, hours: String, listed: String)] = [
        (#"{"kind":"connection","connection":"crm"}"#, "", #""kind":"connection""#),
        (
            #"{"kind":"hours","before":"2026-11-23T10:00:00Z"}"#,
            #","firstHour":"2026-11-23T09:00:00Z","lastHour":"2026-11-23T09:00:00Z""#, #""kind":"hourly","hour":"2026-11-23T09:00:00Z""#
        ),
    ]

    /// As the daemon would sign it.
    private static func canonical(_ receipt: (subject: String, hours: String, listed: String)) throws -> [UInt8] {
        let id = String(repeating: "0f", count: 16)
        let key = Base64.text(of: [UInt8](repeating: 7, count: 32))
        let text = """
            {"type":"ekmd erasure receipt","version":1,"receipt":"\(id)","publicKey":"\(key)","environment":{"id":"\(id)","name":"\(name)"},\
            "subject":\(receipt.subject),"cause":"command","clock":"believed","startedAt":"2026-11-23T10:00:00Z",\
            "finishedAt":"2026-11-23T10:00:01Z","keys":{"hourly":1,"connection":0,"log":0\(receipt.hours),\
            "digest":"\(String(repeating: "0a", count: 32))","listed":[{"id":"\(id)",\(receipt.listed)}]},"purged":"It was purged.",\
            "doesNotCover":["Copies."]}
            """
        return try JSONDecoder().decode(Receipt.self, from: Data(text.utf8)).document
    }
}
