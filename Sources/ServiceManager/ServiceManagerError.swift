/// What went wrong between this process and the service manager that started it.
package struct ServiceManagerError: Error, Equatable, CustomStringConvertible {
    /// The kinds of failure, open to growth.
    package struct Code: Hashable, Sendable {
        private enum Kind: Hashable { case notification, sockets, credential }
        private let kind: Kind

        /// A notification could not be handed over.
        package static let notification = Code(kind: .notification)
        /// What was passed by socket activation cannot be served.
        package static let sockets = Code(kind: .sockets)
        /// A credential is not there, or cannot be named so.
        package static let credential = Code(kind: .credential)
    }

    package let code: Code
    /// What happened, why, and what to do: for a person.
    package let message: String

    package var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Equal where the codes are; messages are for reading.
    package static func == (a: Self, b: Self) -> Bool { a.code == b.code }
}
