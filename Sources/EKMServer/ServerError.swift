/// Why the server did not start.
package struct ServerError: Error, Equatable, CustomStringConvertible {
    package struct Code: Hashable, Sendable {
        private enum Value { case inUse, cannotListen, invalidPath }
        private let value: Value

        /// Another process answers on the socket.
        package static let inUse = Code(value: .inUse)
        package static let cannotListen = Code(value: .cannotListen)
        /// Longer than a Unix socket's path may be, or not a socket.
        package static let invalidPath = Code(value: .invalidPath)
    }

    package let code: Code
    /// What happened, why, and what to do; for a person.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package static func == (a: Self, b: Self) -> Bool { a.code == b.code }

    package var description: String { message }
}
