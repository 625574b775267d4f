package import KeyHierarchy

/// What those around the keyring must know.
package enum KeyringEvent: Sendable {
    /// The environment's next deadline may be another: something was proved, wiped or dropped.
    case deadlineMoved(EnvironmentID)
    /// Its keys are gone from the keyring, or some of them: whoever keeps ciphers made of them must drop these now. They are made
    /// again for keys that live on.
    case dropped(EnvironmentID)
    /// Of the main key in force, or of a former one that keys still hang under.
    case verdict(EnvironmentIdentity, VerdictRecord, isInForce: Bool)
    case damaged(EnvironmentIdentity, String)
    /// Its environment key has a new version; a repack moves the keys.
    case adopted(EnvironmentIdentity, EnvironmentKeyVersion, RepackRecord.Cause)
    /// A repack was begun, resumed, or may go on.
    case repackDue(EnvironmentID)
    /// Every key of the environment hangs under this version.
    case repacked(EnvironmentIdentity, EnvironmentKeyVersion)
    /// A repack ended before every key was moved.
    case repackEnded(EnvironmentIdentity, EnvironmentKeyVersion, RepackEnd)
    /// Something to look at, in whole sentences; said once for as long as it lasts.
    case warning(EnvironmentIdentity, String)
    /// Whether the wall clock is believed; told when that changes.
    case clock(ClockWatch.State)
    /// What was deleted, and could not be purged from the store's file then, is out of it now.
    case purged(since: WallTime)

    package enum RepackEnd: String, Sendable {
        /// Taken back by the operator: the old main key is in force again.
        case cancelled
        /// Another change of the main key took its place; its repack moves the keys.
        case superseded
    }
}

package typealias KeyringObserver = @Sendable (KeyringEvent) -> Void
