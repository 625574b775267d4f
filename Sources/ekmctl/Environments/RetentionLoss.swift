import EKMClient
import EKMWire

/// What a retention that is shortened takes, for the person who is to confirm it.
struct RetentionLoss {
    private static let day: UInt64 = 86_400

    private let subjects: [ErasureSubject]

    /// - Parameters:
    ///   - keep: what jobs and events are to have, where that is asked for; `logs` likewise.
    ///   - known: what is in force.
    ///   - notice: when it takes effect, in seconds from now.
    init(keep: RetentionChange.Period?, logs: RetentionChange.Period?, known: RetentionReport, isAtOnce: Bool, now: UInt64) {
        // What will be old enough once it takes effect; what is younger than a day cannot be asked about yet.
        let then = isAtOnce ? now : now + Self.day
        var subjects: [ErasureSubject] = []
        if let seconds = Self.shortened(keep, known.hours) { subjects.append(.before(unixSeconds: min(now, then - min(then, seconds)))) }
        if let seconds = Self.shortened(logs, known.logs) { subjects.append(.logs(beforeUnixSeconds: min(now, then - min(then, seconds)))) }
        self.subjects = subjects
    }

    /// Whether anything is kept for a shorter time than now.
    var isAny: Bool { !subjects.isEmpty }

    /// Asks the daemon what goes.
    func report(_ environment: String, _ client: EKMClient) throws(EKMClientError) -> DeletionReport {
        var whole = DeletionReport(environment: environment, connectionKeys: 0, hourlyKeys: 0, logKeys: 0)
        for subject in subjects {
            let part = try client.blocking.previewErasure(environment, of: subject)
            whole.hourlyKeys += part.hourlyKeys
            whole.logKeys += part.logKeys
            whole.firstHour = whole.firstHour ?? part.firstHour
            whole.lastHour = whole.lastHour ?? part.lastHour
        }
        return whole
    }

    /// The shorter time that is asked for; nil where it is none.
    private static func shortened(_ asked: RetentionChange.Period?, _ known: Int?) -> UInt64? {
        guard case .seconds(let seconds)? = asked else { return nil }
        guard let known else { return seconds }
        return seconds < UInt64(max(0, known)) ? seconds : nil
    }
}
