internal import Bedrock
internal import Cryptography
internal import KeyHierarchy
internal import Synchronization

/// One version of an environment's key in memory: what the key cache holds.
///
/// Its deadline, which the environment's life decides, governs every key that was unwrapped with it.
final class EnvironmentKey: Sendable {
    let version: EnvironmentKeyVersion
    /// Which life of the environment's cache this key belongs to.
    let epoch: UInt64
    private let secret: Lock<SecretBytes?>
    /// Nanoseconds of the boot clock: until when it counts, and the last use.
    private let end: Atomic<UInt64>
    private let used = Atomic<UInt64>(0)

    init(_ secret: consuming SecretBytes, version: EnvironmentKeyVersion, epoch: UInt64, deadline: BootInstant) {
        self.version = version
        self.epoch = epoch
        self.secret = Lock(consume secret)
        end = Atomic(deadline.nanoseconds)
    }

    /// Nothing that was unwrapped with this key may be used from then on.
    var deadline: BootInstant { BootInstant(nanoseconds: end.load(ordering: .acquiring)) }
    var lastUse: BootInstant { BootInstant(nanoseconds: used.load(ordering: .relaxed)) }

    func isLive(at now: BootInstant) -> Bool { now < deadline }

    func touch(_ now: BootInstant) { used.store(now.nanoseconds, ordering: .relaxed) }

    /// The environment's lock must be held, so that no wipe comes between.
    func setDeadline(_ deadline: BootInstant) { end.store(deadline.nanoseconds, ordering: .releasing) }

    /// Whether this is the key; false once it is wiped.
    func isEqual(to other: borrowing SecretBytes) -> Bool {
        other.withBytes { other in
            secret.withLock { secret in
                switch secret {
                case .some(let secret): secret.isEqual(to: other)
                case .none: false
                }
            }
        }
    }

    /// Lends a wrapper under this key; nil once it is wiped.
    func withWrapper<R: ~Copyable>(_ body: (KeyWrapper) throws(CryptographyError) -> R) throws(CryptographyError) -> R? {
        try withSecret { secret throws(CryptographyError) in try body(try KeyWrapper(wrapping: secret)) }
    }

    /// Lends the key's bytes; nil once they are wiped.
    func withSecret<R: ~Copyable>(_ body: (borrowing SecretBytes) throws(CryptographyError) -> R) throws(CryptographyError) -> R? {
        try secret.withLock { (secret: inout sending SecretBytes?) throws(CryptographyError) -> R? in
            switch secret {
            case .some(let secret): try body(secret)
            case .none: nil
            }
        }
    }

    func wipe() {
        end.store(0, ordering: .releasing)
        secret.withLock { $0 = nil }
    }
}
