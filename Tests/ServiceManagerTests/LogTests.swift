import Logging
import Synchronization
import Testing

@testable import ServiceManager

@Suite("Logging")
struct LogTests {
    @Test("A line is the level, the message and the fields in order")
    func line() {
        let record = LogRecord(
            level: .warning, label: "ekmd", message: "KMS is slow", metadata: ["environment": "acme/prod", "attempt": "2"])
        #expect(record.line == "warning KMS is slow attempt=2 environment=acme/prod")
    }

    @Test(
        "What is not plain is quoted, so that no value forges a line or a field",
        arguments: [
            ("a b", "\"a b\""), ("", "\"\""), ("a=b", "\"a=b\""), ("say \"x\"", "\"say \\\"x\\\"\""), ("a\nerror b", "\"a\\nerror b\""),
            ("\u{1b}[31m", "\"\\x1b[31m\""),
        ])
    func quoting(value: String, text: String) {
        #expect(LogRecord(level: .info, label: "", message: "m", metadata: ["k": "\(value)"]).line == "info m k=\(text)")
    }

    @Test("A message stays one line")
    func message() {
        #expect(LogRecord(level: .info, label: "", message: "a\nb\tc\u{7}").line == "info a\\nb\\tc\\x07")
    }

    @Test("The journal gets its fields, and keys cannot pose as its own")
    func journal() {
        let record = LogRecord(
            level: .error, label: "ekmd", message: "two\nlines", metadata: ["environment": "a/b", "_PID": "1", "PRIORITY": "7"])
        let fields = record.journalFields.map { String(decoding: $0, as: UTF8.self) }
        #expect(
            fields == [
                "MESSAGE=two\nlines", "PRIORITY=3", "EKM_LABEL=ekmd", "EKM_PRIORITY=7", "EKM__PID=1", "EKM_ENVIRONMENT=a/b",
            ])
    }

    @Test("Levels are syslog's priorities", arguments: zip(Logger.Level.allCases, [7, 7, 6, 5, 4, 3, 2]))
    func priorities(level: Logger.Level, priority: Int) {
        #expect(LogRecord.priority(of: level) == priority)
    }

    @Test("The journal is found by the device and inode of standard error")
    func journalStream() {
        #expect(LogSink.isJournal(stream: "8:1234", device: 8, inode: 1234))
        for other in ["8:1235", "9:1234", "8", "", "8:1234:", " 8:1234"] {
            #expect(!LogSink.isJournal(stream: other, device: 8, inode: 1234))
        }
    }

    @Test("A threshold that changes holds for every logger at once, and a logger's own level for itself")
    func threshold() {
        let lines = Lines()
        let threshold = LogThreshold(.info)
        let logger = Logger(label: "t") { JournalLogHandler(label: $0, threshold: threshold, write: lines.append) }
        var own = logger
        own.logLevel = .error
        logger.debug("one")
        threshold.level = .debug
        logger.debug("two")
        own.info("three")
        #expect(lines.all.map(\.message) == ["two"])
    }

    @Test("A message's fields win over its logger's")
    func metadata() {
        let lines = Lines()
        var logger = Logger(label: "t") { JournalLogHandler(label: $0, threshold: LogThreshold(.info), write: lines.append) }
        logger[metadataKey: "a"] = "1"
        logger[metadataKey: "b"] = "1"
        logger.info("m", metadata: ["b": "2"])
        #expect(lines.all.map(\.line) == ["info m a=1 b=2"])
    }

    private final class Lines: Sendable {
        private let records = Mutex<[LogRecord]>([])
        var all: [LogRecord] { records.withLock { $0 } }
        @Sendable func append(_ record: LogRecord) { records.withLock { $0.append(record) } }
    }
}
