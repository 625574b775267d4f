internal import Bedrock
internal import Synchronization

/// An environment as the daemon holds it: its record, its cached keys, and the deadline that governs them all.
package final class LiveEnvironment: Sendable {
    package let identity: EnvironmentIdentity
    /// Nanoseconds of the boot clock; 0 while nothing may be used.
    private let deadlineNanoseconds = Atomic<UInt64>(0)
    private let currentEpoch = Atomic<UInt64>(0)
    private let state: Lock<EnvironmentState>
    /// Changes of the main key, and what must not run beside them, one after the other.
    let changes = AsyncLock()
    /// Reading the record from the store and keeping it here, as one.
    let reading = AsyncLock()

    init(_ record: EnvironmentRecord) {
        identity = record.identity
        state = Lock(EnvironmentState(record: record))
    }

    package var deadline: BootInstant { BootInstant(nanoseconds: deadlineNanoseconds.load(ordering: .acquiring)) }

    /// Counts the wipes.
    package var epoch: UInt64 { currentEpoch.load(ordering: .acquiring) }

    /// Whether keys of `epoch` may be used at `now`.
    package func isLive(epoch: UInt64, at now: BootInstant) -> Bool { epoch == self.epoch && now < deadline }

    /// Whole seconds that the environment would still live if its KMS went silent now.
    package func secondsLeft(at now: BootInstant) -> UInt32 {
        UInt32(clamping: now.remaining(until: deadline).components.seconds)
    }

    // MARK: The warm path

    /// The key that encrypts `scope` now; nil when it must be fetched.
    package func encryptionKey(for scope: Scope, hour: Hour, at now: BootInstant) -> CachedKey? {
        guard now < deadline else { return nil }
        let job: JobDigest? = if case .job(let id) = scope { JobDigest(of: id) } else { nil }
        let key: CachedKey? = state.withLock { state in
            switch scope {
            case .job: job.flatMap { state.dataKeys[$0] }
            case .event: state.activeHourly
            case .connection(let id): state.connections[id]
            case .log: state.log
            }
        }
        guard let key, key.isUsable(at: now), key.hour == nil || key.hour == hour else { return nil }
        key.touch(now)
        return key
    }

    /// The key that opens an envelope; nil when it must be fetched.
    package func decryptionKey(for header: EnvelopeHeader, envelope: RawSpan, at now: BootInstant) -> CachedKey? {
        guard now < deadline else { return nil }
        let wrapped = header.job == nil ? nil : KeyID(bytes: envelope, at: EnvelopeHeader.wrappedKey.lowerBound)
        let key: CachedKey? = state.withLock { state in
            if let wrapped { state.openedDataKeys[wrapped] } else { state.keys[header.key] }
        }
        guard let key, key.isUsable(at: now), key.heads(envelope, scope: header.scope) else { return nil }
        key.touch(now)
        return key
    }

    // MARK: The cold path

    func withState<R: Sendable, E: Error>(_ body: (inout EnvironmentState) throws(E) -> R) throws(E) -> R {
        try state.withLock { (state: inout sending EnvironmentState) throws(E) -> R in try body(&state) }
    }

    /// Begins or prolongs the life of the cache; the lock must be held, so that no wipe comes between.
    func setDeadline(_ deadline: BootInstant) { deadlineNanoseconds.store(deadline.nanoseconds, ordering: .releasing) }

    /// Ends every plaintext key at once; `condition` is asked under the lock, and nothing happens unless it holds.
    @discardableResult
    func wipe(if condition: (inout EnvironmentState) -> Bool = { _ in true }) -> Bool {
        let taken: ([EnvironmentKey], [CachedKey])? = withState { state in
            guard condition(&state) else { return nil }
            deadlineNanoseconds.store(0, ordering: .releasing)
            currentEpoch.add(1, ordering: .acquiringAndReleasing)
            return state.takeKeys()
        }
        guard let (environmentKeys, keys) = taken else { return false }
        for key in environmentKeys { key.wipe() }
        for key in keys { key.wipe() }
        return true
    }

    /// Ends some versions of the environment key, and what was unwrapped with them; the rest lives on.
    func end(versions isOver: (EnvironmentKey) -> Bool) -> Bool {
        let (environmentKeys, keys) = withState { $0.takeKeys(of: isOver) }
        for key in environmentKeys { key.wipe() }
        for key in keys { key.wipe() }
        return !environmentKeys.isEmpty
    }

    /// The first time at which something of it must be wiped, unless a proof comes first.
    var nextDeadline: BootInstant { withState { $0.environmentKeys.values.map(\.deadline).min() } ?? deadline }
}
