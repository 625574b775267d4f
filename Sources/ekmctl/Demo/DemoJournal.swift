import EKMClient
import EKMWire
import Glibc

/// What the demonstration did, and whether each check held.
struct DemoJournal {
    struct Summary: Encodable {
        var files = 0
        var plaintextBytes: UInt64 = 0
        /// Calls of encrypt and decrypt, one after the other on one connection.
        var operations = 0
        var operationsPerSecond = 0
        var checksPassed = 0
        var checksFailed: [String] = []
    }

    private let isQuiet: Bool
    var summary = Summary()
    /// The time that encrypting and decrypting took, in nanoseconds.
    private var busy: UInt64 = 0

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    func title(_ text: String) throws(Failure) { if !isQuiet { try Terminal.output(text) } }

    func text(_ text: String) throws(Failure) {
        if !isQuiet {
            try Terminal.output(text.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }.joined(separator: "\n"))
        }
    }

    mutating func check(_ what: String, _ holds: Bool) throws(Failure) {
        if holds { summary.checksPassed += 1 } else { summary.checksFailed.append(what) }
        if !isQuiet { try Terminal.output("  \(holds ? "ok  " : "FAIL") \(what)") }
    }

    /// Notes that the daemon refuses, with one of `codes`.
    mutating func refuses(_ what: String, _ codes: [ErrorCode], _ body: () throws(EKMClientError) -> Void) throws(Failure) {
        do {
            try body()
            try check("\(what): refused", false)
        } catch let error as EKMClientError {
            let code = error.refusal?.code
            try check("\(what): refused (\(error.name))", code.map { codes.contains($0) } ?? false)
        } catch {
            throw error as? Failure ?? Failure(.software, "internal", "\(error)")
        }
    }

    /// Counts an operation, and the time it takes.
    mutating func measure<R: ~Copyable, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        let start = Self.now
        defer {
            busy += Self.now - start
            summary.operations += 1
        }
        return try body()
    }

    /// Runs `body`, and tells how many seconds it took.
    func time<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> (R, Double) {
        let start = Self.now
        let result = try body()
        return (result, Double(Self.now - start) / 1e9)
    }

    mutating func summary(_ connection: ConnectionOptions) throws(Failure) {
        summary.operationsPerSecond = Int(Double(summary.operations) / max(0.001, Double(busy) / 1e9))
        if connection.json {
            try JSON.print(summary)
        } else {
            try Terminal.output(
                """

                \(summary.files) files, \(ByteCount(summary.plaintextBytes)), \(summary.operations) operations, \
                \(summary.operationsPerSecond) a second one after the other; \(summary.checksPassed) checks passed, \
                \(summary.checksFailed.count) failed
                """)
        }
        guard summary.checksFailed.isEmpty else {
            throw Failure(.software, "demo-failed", "these checks failed: \(summary.checksFailed.joined(separator: "; "))")
        }
    }

    private static var now: UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
