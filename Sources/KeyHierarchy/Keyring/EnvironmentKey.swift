internal import Cryptography

/// One version of an environment's key in memory: what the key cache holds, and what a proof is worth.
final class EnvironmentKey: Sendable {
    let version: EnvironmentKeyVersion
    /// Which life of the environment's cache this key belongs to.
    let epoch: UInt64
    private let secret: Lock<SecretBytes?>

    init(_ secret: consuming SecretBytes, version: EnvironmentKeyVersion, epoch: UInt64) {
        self.version = version
        self.epoch = epoch
        self.secret = Lock(consume secret)
    }

    /// Lends a wrapper under this key; nil once it is wiped.
    func withWrapper<R: ~Copyable>(_ body: (KeyWrapper) throws(CryptographyError) -> R) throws(CryptographyError) -> R? {
        try secret.withLock { (secret: inout sending SecretBytes?) throws(CryptographyError) -> R? in
            switch secret {
            case .some(let secret): try body(try KeyWrapper(wrapping: secret))
            case .none: nil
            }
        }
    }

    func wipe() { secret.withLock { $0 = nil } }
}
