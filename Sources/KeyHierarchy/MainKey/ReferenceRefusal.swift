/// Why a main key is not taken as a caller named it.
package struct ReferenceRefusal: Error, Sendable {
    package enum Code: Sendable {
        /// This daemon has no such kind, or the kind no such keys.
        case invalid
        /// It could be so, but not for this caller.
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
