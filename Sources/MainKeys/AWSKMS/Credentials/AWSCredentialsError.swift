package import KeyHierarchy

/// Why there are no credentials. Two errors are equal when their codes are; no error carries a credential.
package struct AWSCredentialsError: Error, Equatable, CustomStringConvertible {
    /// What went wrong, for code to act on.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String { case none, misconfigured, notSupported, refused, throttled, unreachable }
        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// No source has any.
        package static let none = Code(.none)
        /// A file, a profile or a variable is wrong.
        package static let misconfigured = Code(.misconfigured)
        /// The profile wants a source that ekmd does not speak.
        package static let notSupported = Code(.notSupported)
        /// The source answered, and said no.
        package static let refused = Code(.refused)
        /// The source asks us to slow down.
        package static let throttled = Code(.throttled)
        /// The source did not answer.
        package static let unreachable = Code(.unreachable)

        package var description: String { value.rawValue }
    }

    package let code: Code
    /// What happened, for a person.
    package let message: String
    /// The source's own words.
    package let reason: String

    package init(_ code: Code, _ message: String, reason: String = "") {
        self.code = code
        self.message = message
        self.reason = reason
    }

    package static func == (a: Self, b: Self) -> Bool { a.code == b.code }

    package var description: String { reason.isEmpty ? message : "\(message) (\(reason))" }

    /// A source that refuses says something of our right to the key. One that is out does not, and no more does a file of this machine
    /// that is gone, half written or wrong: trouble that is ours alone is never a customer's denial.
    package var verdict: Verdict {
        switch code {
        case .refused: .restricted
        case .throttled: .throttled
        default: .unreachable
        }
    }
}
