internal import Cryptography
public import EKMClient
public import EKMWire

/// Why a stream could not be encrypted or decrypted. Two errors are equal when their codes are; no error carries plaintext.
public struct StreamError: Error, Equatable, CustomStringConvertible {
    /// What went wrong, for code to act on.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String { case cannotDecrypt, unknownFormat, tooLong, refusedByDaemon, input, output, internalError }
        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// The stream was changed, cut, or belongs to another key or context. What was released before is authentic, but not all.
        public static let cannotDecrypt = Code(.cannotDecrypt)
        /// No stream, or one of a later version.
        public static let unknownFormat = Code(.unknownFormat)
        /// More than 2³² chunks.
        public static let tooLong = Code(.tooLong)
        /// The daemon did not lend the key, or did not lend it again; ``StreamError/daemon`` says why.
        public static let refusedByDaemon = Code(.refusedByDaemon)
        /// Reading failed.
        public static let input = Code(.input)
        /// Writing failed.
        public static let output = Code(.output)
        /// A cryptographic operation failed that should not.
        public static let internalError = Code(.internalError)

        public var description: String { value.rawValue }
    }

    public let code: Code
    /// What happened, why, and what to do; for a person.
    public let message: String
    /// What the daemon answered, where it refused.
    public let daemon: WireError?
    /// Why the daemon lent no key, where it was asked: a refusal, or that it cannot be reached.
    public let client: EKMClientError?
    /// What reading or writing threw.
    public let underlying: (any Error)?

    package init(_ code: Code, _ message: String, daemon: WireError? = nil, client: EKMClientError? = nil, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.daemon = daemon
        self.client = client
        self.underlying = underlying
    }

    public static func == (a: StreamError, b: StreamError) -> Bool { a.code == b.code }

    public var description: String { message }
}

extension StreamError {
    static let cannotDecrypt = StreamError(
        .cannotDecrypt,
        "The stream does not decrypt: it was changed or cut short, or belongs to another key or context. Use an intact copy, and the context it was encrypted with."
    )

    static let tooLong = StreamError(
        .tooLong, "The input has more chunks than a stream can number, 2^32. Use a larger chunk size, or split the input.")

    static let lentTooShort = StreamError.refused(
        WireError(
            .unreachable, "The daemon can lend the key of this environment for less than a second: its main key does not answer.",
            remedy: "Look at 'ekmctl env show', and try again when the main key answers."))

    init(cryptography error: CryptographyError) {
        self = error.code == .cannotOpen ? .cannotDecrypt : StreamError(.internalError, error.message, underlying: error)
    }

    static func refused(_ error: WireError) -> StreamError {
        StreamError(.refusedByDaemon, error.description, daemon: error)
    }

    static func refused(_ error: EKMClientError) -> StreamError {
        StreamError(.refusedByDaemon, error.description, daemon: error.refusal, client: error)
    }

    static func input(_ error: any Error) -> StreamError {
        error as? StreamError ?? StreamError(.input, "The input cannot be read: \(error)", underlying: error)
    }

    static func output(_ error: any Error) -> StreamError {
        error as? StreamError ?? StreamError(.output, "The output cannot be written: \(error)", underlying: error)
    }
}
