import COpenSSL

/// Why a cryptographic operation could not be done. Two errors are equal when their codes are; no error carries key bytes or plaintext.
package struct CryptographyError: Error, Equatable, CustomStringConvertible {
    /// What went wrong, for code to act on.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String { case arenaFull, lockedMemory, openSSL, cannotOpen, wrongSize, randomUnavailable, counterUsed }
        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// No slot is left in the arena: evict a key, then try again.
        package static let arenaFull = Code(.arenaFull)
        /// The kernel refused to map or lock memory.
        package static let lockedMemory = Code(.lockedMemory)
        /// OpenSSL refused an operation that should not fail.
        package static let openSSL = Code(.openSSL)
        /// Not authentic: another key, another place or context, or changed bytes. Which of them is not known.
        package static let cannotOpen = Code(.cannotOpen)
        /// A key, nonce, output or secret of a size that the operation does not take.
        package static let wrongSize = Code(.wrongSize)
        /// The kernel or OpenSSL gave no random bytes.
        package static let randomUnavailable = Code(.randomUnavailable)
        /// A stream was asked to seal a second chunk under a counter that it had used.
        package static let counterUsed = Code(.counterUsed)

        package var description: String { value.rawValue }
    }

    package let code: Code
    /// What happened, why, and what to do; for a person.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package static func == (a: CryptographyError, b: CryptographyError) -> Bool { a.code == b.code }

    package var description: String { message }
}

extension CryptographyError {
    /// Takes OpenSSL's reason, and leaves its error queue empty.
    static func openSSL(_ action: String) -> CryptographyError {
        let number = ERR_peek_last_error()
        ERR_clear_error()
        guard number != 0, let text = unsafe ERR_reason_error_string(number) else {
            return CryptographyError(.openSSL, "OpenSSL could not \(action); it gave no reason.")
        }
        return CryptographyError(.openSSL, "OpenSSL could not \(action): \(unsafe String(cString: text)).")
    }

    static func wrongSize(_ what: String, _ has: Int, wanted: String) -> CryptographyError {
        CryptographyError(.wrongSize, "\(what) has \(has) bytes; it must have \(wanted).")
    }

    static let cannotOpen = CryptographyError(
        .cannotOpen, "The ciphertext does not open: it was changed, or belongs to another key, place or context.")
}
