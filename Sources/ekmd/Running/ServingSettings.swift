import EKMServer
import Glibc
import KeyHierarchy
import Keyring

extension Configuration {
    /// What the key cache is told.
    var keyringSettings: KeyringSettings {
        KeyringSettings(
            timeToLive: cache.ttl, onRestriction: cache.onRestriction == .purge ? .purge : .expire,
            // Access that returned is noticed within a poll at most.
            longestPause: min(kms.pollInterval, .seconds(15)), replacementInterval: replacement.interval,
            pollInterval: kms.pollInterval, callsPerSecond: kms.rate, refreshInterval: kms.refreshInterval,
            managedRotation: managed.rotation, repackRate: repack.rate,
            connectionKeys: limits.connectionKeys)
    }

    /// Who may do what. Without grants it is the user who runs the daemon.
    var policy: Authorizer.Policy {
        guard let grants else { return .ownerMayDoEverything(geteuid()) }
        return .grants(grants)
    }

    /// Who may connect at all. Every operation is authorised by itself: with grants the socket may be open to all.
    var socketMode: UInt32 { grants == nil ? 0o600 : 0o666 }

    /// The keys whose values differ from `other`'s, though they take effect at a start only.
    func fixedDifferences(from other: Configuration) -> [String] {
        var keys: [String] = []
        if socket != other.socket { keys.append("socket") }
        if state != other.state { keys.append("state") }
        if rootKey != other.rootKey { keys.append("root_key") }
        if kms.timeout != other.kms.timeout { keys.append("kms.timeout") }
        keys += Set(kinds.keys).union(other.kinds.keys).sorted().filter { kinds[$0] != other.kinds[$0] }
        if limits != other.limits { keys.append("limits") }
        return keys
    }
}
