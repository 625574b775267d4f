/// One thing that a diagnosis looked at, and what it found.
package struct DiagnosisCheck: Hashable, Sendable {
    /// The raw value stands in reports.
    package enum Outcome: String, Sendable {
        case ok
        /// It works, and deserves a look.
        case warning
        case failed
        /// It could not be looked at; the message says why.
        case skipped
    }

    /// A few words in lower case, for instance `clock`: stable, so that scripts may look for them.
    package var name: String
    package var outcome: Outcome
    /// What was found, for a person.
    package var message: String
    /// What to do; empty where there is nothing.
    package var remedy: String

    package init(_ name: String, _ outcome: Outcome, _ message: String, remedy: String = "") {
        self.name = name
        self.outcome = outcome
        self.message = message
        self.remedy = remedy
    }

    /// A check that ended in a main key's failure, with the KMS's own words.
    package init(_ name: String, _ failure: MainKeyFailure) {
        self.init(
            name, .failed, failure.reason.isEmpty ? failure.message : "\(failure.message) (\(failure.reason))", remedy: failure.remedy)
    }
}
