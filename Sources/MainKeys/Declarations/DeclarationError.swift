/// Why a key is not taken as it was named, before its KMS is asked.
package struct DeclarationError: Error, Equatable, Sendable {
    package enum Code: Sendable {
        /// It is not such as the kind takes.
        case invalid
        /// It is, but not for this caller.
        case notGranted
    }

    package let code: Code
    /// What happened, for a person.
    package let message: String
    /// What to do next.
    package let remedy: String

    package init(_ code: Code, _ message: String, remedy: String) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }
}
