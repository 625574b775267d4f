internal import Bedrock
internal import Cryptography
package import KeyHierarchy
internal import Synchronization

/// An environment as the daemon holds it: its life, its cached keys, and the deadline that governs them all.
package final class LiveEnvironment: Sendable {
    /// What is known of the environment right now.
    struct State {
        var life: EnvironmentLife
        var cache = KeyCache()
        var flights: [Need: Flight] = [:]
        /// How many connection keys it has in the store; nil where they are to be counted.
        var connectionKeys: Int?
        /// What was warned of last, so that it is not said again and again.
        var warned: String?
        var repackProgress = RepackProgress()
        /// The KMS names a generation that was there before: it is not followed back to.
        var passedGeneration: Generation?
        /// What the main key that waits for its grant answered last.
        var pendingAnswer: VerdictRecord?
        /// How often it was told what the environment is found by.
        var standings: UInt64 = 0

        var record: EnvironmentRecord { life.record }
    }

    package let identity: EnvironmentIdentity
    /// Nanoseconds of the boot clock; 0 while nothing may be used.
    private let deadlineNanoseconds = Atomic<UInt64>(0)
    private let currentEpoch = Atomic<UInt64>(0)
    private let keyFloor: Atomic<UInt32>
    private let state: Lock<State>
    private let lease: any StoreLease
    /// Changes of the main key, one after the other.
    let changes = AsyncLock()

    init(_ record: EnvironmentRecord, lease: any StoreLease) {
        identity = record.identity
        self.lease = lease
        keyFloor = Atomic(record.keyFloor.number)
        state = Lock(State(life: EnvironmentLife(record: record)))
    }

    /// When nothing of it may be used any more, unless its main key is proved or its store speaks first.
    package var deadline: BootInstant {
        let proved = BootInstant(nanoseconds: deadlineNanoseconds.load(ordering: .acquiring))
        return lease.leaseEnd.map { min($0, proved) } ?? proved
    }

    /// Counts the wipes.
    package var epoch: UInt64 { currentEpoch.load(ordering: .acquiring) }

    /// Keys that were born under an older version encrypt nothing more.
    var floor: UInt32 { keyFloor.load(ordering: .acquiring) }

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
        let job: JobDigest? = if case .job(let id) = scope { JobDigest(of: id.text) } else { nil }
        let key: CachedKey? = state.withLock { state in
            switch scope {
            case .job: job.flatMap { state.cache.dataKeys[$0] }
            case .event: state.cache.hours[hour]
            case .connection(let id): state.cache.connections[id]
            case .log: state.cache.log
            }
        }
        guard let key, key.mayEncrypt(in: hour, at: now) else { return nil }
        key.touch(now)
        return key
    }

    /// The key that opens an envelope; nil when it must be fetched.
    package func decryptionKey(for header: EnvelopeHeader, envelope: RawSpan, at now: BootInstant) -> CachedKey? {
        guard now < deadline else { return nil }
        let wrapped = header.job == nil ? nil : KeyID(bytes: envelope, at: EnvelopeHeader.wrappedKey.lowerBound)
        let key: CachedKey? = state.withLock { state in
            if let wrapped { state.cache.openedDataKeys[wrapped] } else { state.cache.keys[header.key] }
        }
        guard let key, key.isUsable(at: now), key.heads(envelope, scope: header.scope) else { return nil }
        key.touch(now)
        return key
    }

    // MARK: The cold path

    func withState<R: Sendable, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
        try state.withLock { (state: inout sending State) throws(E) -> R in try body(&state) }
    }

    package var record: EnvironmentRecord { withState { $0.record } }

    /// - Throws: why nothing may be used, whatever the main key says.
    func requireOpen() throws(HierarchyError) {
        if let shut = withState({ $0.life.shut }) { throw shut }
    }

    /// The first time at which something of it must be wiped, unless a proof comes first; nil while nothing is in memory.
    package var nextDeadline: BootInstant? { withState { $0.life.nextDeadline } }

    /// Feeds the life an event, and does what it says to the keys in memory, before anybody else sees either.
    ///
    /// A secret that comes with a grant is kept if the life says so; one that is not the key that is held makes the grant a lie.
    func live(_ event: LifeEvent, secret: consuming SecretBytes? = nil, at now: LifeMoment) -> [LifeEffect] {
        var taken = KeyCache.Taken()
        // A noncopyable value cannot be moved out of a capture but through an optional.
        var offered = consume secret
        let effects: [LifeEffect] = withState { state in
            let event = Self.isLie(event, &offered, state.cache) ? Self.denial(event) : event
            let effects = state.life.next(event, at: now)
            for effect in effects { perform(effect, &offered, &state, &taken, now) }
            keyFloor.store(state.record.keyFloor.number, ordering: .releasing)
            deadlineNanoseconds.store(state.life.deadline.nanoseconds, ordering: .releasing)
            return effects
        }
        taken.wipe()
        return effects
    }

    /// Whether the main key granted another key than the one that is held.
    private static func isLie(_ event: LifeEvent, _ secret: inout SecretBytes?, _ cache: KeyCache) -> Bool {
        guard case .granted(let proof) = event, let held = cache.environmentKeys[proof.pending.key.version], let offered = secret.take()
        else {
            return false
        }
        let isSame = held.isEqual(to: offered)
        secret = consume offered
        return !isSame
    }

    private static func denial(_ event: LifeEvent) -> LifeEvent {
        guard case .granted(let proof) = event else { return event }
        return .denied(proof.pending, .foreignContent)
    }

    private func perform(
        _ effect: LifeEffect, _ secret: inout SecretBytes?, _ state: inout State, _ taken: inout KeyCache.Taken, _ now: LifeMoment
    ) {
        switch effect {
        case .wipe:
            currentEpoch.add(1, ordering: .acquiringAndReleasing)
            taken += state.cache.takeAll()
        case .drop(let versions): taken += state.cache.take(versions: versions)
        case .dropKeys(let keys): taken += state.cache.take(erased: keys, at: now.boot)
        case .dropDoomed(let subject): taken += state.cache.take(doomed: subject)
        case .endEncryption: taken += state.cache.takeEncrypting()
        case .keep(let version, let until):
            if let held = state.cache.environmentKeys[version] {
                held.setDeadline(until)
            } else if let fresh = secret.take() {
                let key = EnvironmentKey(fresh, version: version, epoch: epoch, deadline: until)
                key.touch(now.boot)
                state.cache.keep(key)
            }
        case .use, .ask, .refuse, .tell, .write: break
        }
    }
}
