/// What a look at the daemon, or at one environment, found.
public struct DoctorReport: Codable, Hashable, Sendable {
    public var checks: [Check]

    public init(checks: [Check] = []) { self.checks = checks }
}

extension DoctorReport {
    public struct Check: Codable, Hashable, Sendable {
        /// What was looked at, in a few words.
        public var name: String
        public var outcome: Outcome
        /// What was found.
        public var message: String
        /// What to do about it; empty where there is nothing to do.
        public var remedy: String

        public init(_ name: String, _ outcome: Outcome, _ message: String, remedy: String = "") {
            self.name = name
            self.outcome = outcome
            self.message = message
            self.remedy = remedy
        }
    }

    public struct Outcome: RawRepresentable, Codable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        public static let ok = Outcome(rawValue: "ok")
        public static let warning = Outcome(rawValue: "warning")
        public static let failed = Outcome(rawValue: "failed")
        /// It does not apply, or could not be looked at; the message says why.
        public static let skipped = Outcome(rawValue: "skipped")
    }
}
