package import Cryptography

/// A data key that the daemon lent to this process: bare, wrapped, and how long it may be kept.
package struct StreamLoan: ~Copyable {
    package let key: SecretBytes
    /// Travels with the stream; the daemon opens it again.
    package let wrapped: [UInt8]
    /// After how many seconds the key must be asked for again; nil where there is no bound.
    package let secondsLeft: Int?

    package init(key: consuming SecretBytes, wrapped: [UInt8], secondsLeft: Int?) {
        self.key = key
        self.wrapped = wrapped
        self.secondsLeft = secondsLeft
    }

    /// When the key must be asked for again. The time that the answer took counts as passed.
    /// - Parameter asked: when the daemon was asked, in nanoseconds.
    func deadline(asked: UInt64) -> UInt64? { secondsLeft.map { asked + UInt64(max(0, $0)) * 1_000_000_000 } }
}
