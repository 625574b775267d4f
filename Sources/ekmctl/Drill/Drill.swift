import EKMClient
import EKMWire

/// Watches an environment while its key is denied and restored.
struct Drill: ~Copyable {
    private static let interval = 100
    /// How many requests must succeed before the key is denied.
    private static let rest = 10
    /// How long keys may stay in memory after the deadline, in seconds, and how late a refusal may be.
    private static let grace = 1.0

    private let environment: EnvironmentArgument
    private let connection: ConnectionOptions
    private let limit: Double
    private let client: EKMClient
    private let probe: DrillProbe
    private var switches: DrillSwitches
    private var interrupts: Interrupts
    private let began: DrillMoment
    private var deadline = DrillDeadline()
    private var lastSuccess = DrillMoment.now
    private var report: DrillReport

    /// - Parameter limit: how long to wait for the refusal and for the recovery, in seconds each.
    init(environment: EnvironmentArgument, connection: ConnectionOptions, limit: Double, exec: String?, restore: String?) throws {
        self.environment = environment
        self.connection = connection
        self.limit = limit
        // Before the client makes threads, which inherit what is held back.
        interrupts = Interrupts()
        client = connection.client()
        probe = try DrillProbe(client, connection, environment: environment.name)
        switches = DrillSwitches(deny: exec, restore: restore)
        began = .now
        report = DrillReport(environment: environment.name)
    }

    mutating func run() throws(Failure) -> DrillReport {
        do throws(Failure) {
            try atRest()
            let refused = try untilRefusal()
            try memory(after: refused)
            try untilRecovery(after: refused)
            try switches.finish()
        } catch {
            switches.restoreNow()
            throw error
        }
        return report
    }

    // MARK: The steps

    private mutating func atRest() throws(Failure) {
        for _ in 0..<Self.rest {
            if let refusal = try request().refusal {
                throw Failure(
                    .unavailable, refusal.code.name, "\(environment.name) is refused already: \(refusal)",
                    remedy: "Restore its key first, then begin the drill.")
            }
            try pause(since: .now)
        }
    }

    private mutating func untilRefusal() throws(Failure) -> DrillMoment {
        try switches.deny()
        if !switches.deniesByItself {
            Terminal.error("\(environment.name) serves. Now deny ekmd the use of its main key, or disable the key.")
        }
        let start = DrillMoment.now
        while true {
            let sent = DrillMoment.now
            let answer = try request()
            if let refusal = answer.refusal {
                note(refusal, sent)
                return sent
            }
            try switches.check()
            guard sent.seconds(since: start) < limit else {
                throw Failure(
                    .temporary, "drill-timeout", "no request was refused within \(DurationArgument.about(Int(limit)))",
                    remedy: "Was the key denied? Allow more time with --for.")
            }
            line("\(environment.name) serves" + (answer.secondsLeft.map { ", and would for \($0) s without its KMS" } ?? ""))
            try pause(since: sent)
        }
    }

    private mutating func note(_ refusal: WireError, _ sent: DrillMoment) {
        report.firstRefusal = sent.text
        report.lastSuccess = lastSuccess.text
        report.refusal = DrillReport.Refusal(
            name: refusal.code.name, verdict: refusal.verdict.description, message: refusal.message, reason: refusal.reason)
        report.fromSuccessToRefusal = sent.seconds(since: lastSuccess)
        if let end = deadline.latest {
            let past = sent.seconds(since: began) - end
            report.pastDeadline = past
            if past > Self.grace {
                report.failures.append(
                    "The bound was broken: the environment was refused \(DrillPicture.seconds(past)) after its deadline.")
            }
        }
        Terminal.error("first refusal at \(sent.text): \(refusal.code.name)")
    }

    private mutating func memory(after refused: DrillMoment) throws(Failure) {
        while true {
            let shown = try connection.call { () throws(EKMClientError) in try client.blocking.showEnvironment(environment.name) }
            if report.lastProof == nil, let at = shown.proof.at, let proved = TimeArgument.seconds(of: at, now: 0) {
                let sinceProof = refused.seconds(sinceUnix: Int64(proved))
                report.lastProof = at
                report.fromProofToRefusal = sinceProof
                report.publishedBound = report.pastDeadline.map { sinceProof - $0 }
            }
            report.keysInMemory = shown.inMemory
            if shown.inMemory.total == 0 { return }
            guard DrillMoment.now.seconds(since: refused) < Self.grace else { break }
            try pause(since: .now)
        }
        report.failures.append("Keys stayed in memory a second after the first refusal.")
    }

    private mutating func untilRecovery(after refused: DrillMoment) throws(Failure) {
        let start = switches.restoresByItself ? DrillMoment.now : refused
        try switches.restore()
        if !switches.restoresByItself { Terminal.error("Now restore the key.") }
        let waiting = DrillMoment.now
        while true {
            let sent = DrillMoment.now
            if try request().refusal == nil {
                let recovered = DrillMoment.now
                report.recovery = recovered.text
                report.toRecovery = recovered.seconds(since: start)
                return clear()
            }
            try switches.check()
            guard sent.seconds(since: waiting) < limit else {
                report.failures.append("The environment did not recover within \(DurationArgument.about(Int(limit))).")
                return clear()
            }
            line("\(environment.name) is refused since \(Int(sent.seconds(since: refused))) s")
            try pause(since: sent)
        }
    }

    // MARK: One request

    private mutating func request() throws(Failure) -> (refusal: WireError?, secondsLeft: Int?) {
        let sent = DrillMoment.now
        report.requests += 2
        switch try probe.run() {
        case .success(let secondsLeft):
            lastSuccess = .now
            deadline.note(sentAt: sent.seconds(since: began), at: lastSuccess.seconds(since: began), secondsLeft: secondsLeft)
            return (nil, secondsLeft)
        case .refusal(let refusal): return (refusal, nil)
        }
    }

    private mutating func pause(since sent: DrillMoment) throws(Failure) {
        let gone = Int(DrillMoment.now.seconds(since: sent) * 1000)
        guard interrupts.wait(milliseconds: max(1, Self.interval - gone)) else { return }
        clear()
        throw Failure(
            .temporary, "interrupted", "the drill of \(environment.name) was ended before it was complete",
            remedy: switches.isDenied && !switches.restoresByItself ? "Restore the key if it was denied." : "")
    }

    private func line(_ text: String) {
        if Terminal.isError, !connection.json { Terminal.errorPart(text, overwriting: true) }
    }

    private func clear() {
        if Terminal.isError, !connection.json { Terminal.errorPart("", overwriting: true) }
    }
}
