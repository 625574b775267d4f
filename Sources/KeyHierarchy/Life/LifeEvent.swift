/// What happens to an environment.
package enum LifeEvent: Sendable {
    /// How much a proof is wanted.
    package enum Urgency: Sendable {
        /// Only where the last one does not count any more; what the main key refused lately is repeated from memory.
        case ifNeeded
        /// Also where the last one still counts, but not before a main key that failed is to be asked again.
        case renewal
        /// Whatever is known: an operator or a poll wants to know how it is now.
        case insistent
    }

    /// What changed a record that the store has kept.
    package enum Act: Sendable {
        /// Looked at again; or something that no key depends on.
        case refreshed
        /// The locks of these numbers are gone.
        case unlocked(Set<UInt32>)
        /// With the proof that the new version was set up with.
        case replaced(GrantedProof)
        case rotated(GrantedProof)
        /// A repack ended or was cancelled: versions are gone.
        case retired
    }

    /// A version of the environment's key is wanted; nil: the current one.
    case requested(EnvironmentKeyVersion?, LifeEvent.Urgency)
    case granted(GrantedProof)
    case denied(PendingProof, MainKeyFailure)
    /// A KMS told, without using the key, what its state means.
    case polled(MainKeyID, MainKeyFailure)
    /// The operator shuts the environment; the store does not know yet.
    case locked(at: WallTime, reason: String)
    /// The store has kept a change.
    case changed(EnvironmentRecord, Act)
    /// The store has moved keys of the repack, and its cursor.
    case moved(RepackRecord)
    /// An erasure has begun; what it takes is not deleted yet, but encrypts nothing more.
    case erasing(ErasureRecord.Subject)
    case erased(Set<KeyID>)
    case deleted
    /// The daemon ends.
    case stopped
    /// Its keys, which were not used lately, make room for others.
    case reclaimed
    /// What the store holds does not verify.
    case damaged(String)
    /// The store failed, and cannot tell whether a change was kept: nothing is certain until it was read again.
    case unsettled(KeyStoreError)
    /// The deadlines are to be looked at.
    case clock
    /// Other rules hold.
    case ruled
}

/// What is to be done about it, in this order.
package enum LifeEffect: Sendable {
    /// Every plaintext key of the environment goes, at once.
    case wipe
    /// The keys of some versions go, with all that was unwrapped with them.
    case drop(Set<EnvironmentKeyVersion>)
    /// Some keys go, with the data keys under them.
    case dropKeys(Set<KeyID>)
    /// The keys of a connection go.
    case dropDoomed(ErasureRecord.Subject)
    /// No key that is in memory encrypts any more; they go on decrypting.
    case endEncryption
    /// The granted key of this version may be kept so long.
    case keep(EnvironmentKeyVersion, until: BootInstant)
    /// The version is in memory, and may be used.
    case use(EnvironmentKeyVersion)
    case ask(PendingProof)
    case refuse(HierarchyError)
    case tell(LifeNews)
    /// The store is to keep this; to be tried again until it has.
    case write(EnvironmentChange)
}

/// What those around must know.
package enum LifeNews: Sendable {
    /// Of the main key in force, or of a former one that keys still hang under.
    case verdict(VerdictRecord, isInForce: Bool)
    case damaged(String)
}
