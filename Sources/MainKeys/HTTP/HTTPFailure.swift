/// Why no answer came. It says nothing of what the server would have answered. Two failures are equal when their codes are.
package struct HTTPFailure: Error, Equatable, CustomStringConvertible {
    /// What went wrong, for code to act on.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String {
            case invalidRequest, resolve, connect, timeout, tls, interrupted, tooLarge, overloaded, cancelled, internalError
        }
        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// The URL, a header or plain HTTP is not allowed; nothing was sent.
        package static let invalidRequest = Code(.invalidRequest)
        /// The host's name, or its proxy's, is not known.
        package static let resolve = Code(.resolve)
        /// No connection came about.
        package static let connect = Code(.connect)
        /// The time allowed ended first.
        package static let timeout = Code(.timeout)
        /// TLS failed, or the certificate is not trusted.
        package static let tls = Code(.tls)
        /// The connection ended amid the answer, or before it.
        package static let interrupted = Code(.interrupted)
        /// The answer was longer than ``HTTPRequest/bodyLimit``.
        package static let tooLarge = Code(.tooLarge)
        /// Too many requests wait for this host already.
        package static let overloaded = Code(.overloaded)
        /// The task that asked was cancelled, or the client stopped.
        package static let cancelled = Code(.cancelled)
        /// libcurl refused an option.
        package static let internalError = Code(.internalError)

        package var description: String { value.rawValue }
    }

    package let code: Code
    /// What happened, for a person; names the host, never a header or a body.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package static func == (a: Self, b: Self) -> Bool { a.code == b.code }

    package var description: String { message }

    /// Whether the same request may do better a moment later.
    package var mayPass: Bool {
        switch code {
        case .resolve, .connect, .interrupted, .overloaded: true
        default: false
        }
    }
}
