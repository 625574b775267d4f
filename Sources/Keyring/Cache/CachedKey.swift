internal import Bedrock
package import Cryptography
package import KeyHierarchy
internal import Synchronization

/// A plaintext key in memory. It ends when its environment is wiped, whoever still holds it.
package final class CachedKey: Sendable {
    package let environment: LiveEnvironment
    /// Which life of the environment's cache this key belongs to; after a wipe it is over.
    package let epoch: UInt64
    /// The environment key that it was unwrapped with.
    let gate: EnvironmentKey
    /// The hourly, connection or log key; for a data key, the hourly key that wraps it.
    package let id: KeyID
    package let kind: KeyKind
    /// Of hourly and data keys.
    package let hour: Hour?
    /// The environment key that was current when the stored key was made.
    let born: EnvironmentKeyVersion
    /// Of hourly and data keys: with its end the key encrypts no more.
    let span: BeliefSpan?
    /// The clear header of every ciphertext under this key.
    package let header: [UInt8]
    /// Of a connection key: the platform's id of the connection.
    package let connection: ConnectionID?
    private let secret: Lock<SecretBytes?>
    private let used: Atomic<UInt64>

    init(
        _ secret: consuming SecretBytes, of environment: LiveEnvironment, gate: EnvironmentKey, id: KeyID, kind: KeyKind, hour: Hour? = nil,
        born: EnvironmentKeyVersion, span: BeliefSpan?, header: [UInt8], connection: ConnectionID? = nil, now: BootInstant
    ) {
        self.environment = environment
        self.gate = gate
        epoch = gate.epoch
        self.id = id
        self.kind = kind
        self.hour = hour
        self.born = born
        self.span = span
        self.header = header
        self.connection = connection
        self.secret = Lock(consume secret)
        used = Atomic(now.nanoseconds)
    }

    /// Whether this key may be used now. Ask at every use: the timer only wipes.
    package func isUsable(at now: BootInstant) -> Bool { environment.isLive(epoch: epoch, at: now) && gate.isLive(at: now) }

    /// Whether this key may encrypt now: in its hour, unless a replacement, or a clock that is believed no more or again, has ended that.
    @inline(__always)
    package func mayEncrypt(in current: Hour, at now: BootInstant) -> Bool {
        isUsable(at: now) && (hour.map { $0.number == current.number } ?? true) && born.number >= environment.floor && span?.isOver != true
    }

    /// When it may not be used any more, unless a proof comes first: the earlier deadline of its environment's key and its own.
    package var deadline: BootInstant { min(environment.deadline, gate.deadline) }

    /// Marks a use: the least recently used keys make room, and what is in use is proved again before its deadline.
    package func touch(_ now: BootInstant) {
        used.store(now.nanoseconds, ordering: .relaxed)
        gate.touch(now)
    }

    var lastUse: UInt64 { used.load(ordering: .relaxed) }

    /// Lends the key's bytes; nil once they are wiped. Deadlines are the caller's to check.
    package func withSecret<R: ~Copyable, E: Error>(_ body: (borrowing SecretBytes) throws(E) -> R) throws(E) -> R? {
        try secret.withLock { (secret: inout sending SecretBytes?) throws(E) -> R? in
            switch secret {
            case .some(let secret): try body(secret)
            case .none: nil
            }
        }
    }

    func wipe() { secret.withLock { $0 = nil } }
}

extension CachedKey {
    /// Whether an envelope with `scope` begins with this very key's header.
    package func heads(_ envelope: RawSpan, scope: Scope.Kind) -> Bool {
        guard envelope.byteCount >= header.count, header.count == EnvelopeHeader.byteCount(for: scope) else { return false }
        return unsafe header.withUnsafeBytes { header in
            unsafe envelope.withUnsafeBytes { envelope in
                unsafe header.elementsEqual(envelope.prefix(header.count))
            }
        }
    }

    /// Whether this key, which opens an envelope headed by `header`, belongs to the scope that the caller expects.
    package func serves(_ scope: Scope, header: EnvelopeHeader) -> Bool {
        guard scope.kind == header.scope else { return false }
        return switch scope {
        case .job(let id): header.job == JobDigest(of: id.text)
        case .connection(let id): connection == id
        case .event, .log: true
        }
    }
}
