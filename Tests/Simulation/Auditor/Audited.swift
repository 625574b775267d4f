/// What the auditor knows of one environment.
struct AuditedEnvironment {
    let id: String
    let name: String
    /// Nobody was told under which main key it was made.
    var isMainKeyUnknown = false
    var exists: Possible<Bool>
    var isLocked: Possible<Bool>
    /// A lock that the store did not keep, but the daemon said it holds: until the daemon dies. Nil where nobody can tell.
    var isShutInMemory: Bool? = false
    var mainKey: Possible<MainKeyLabel>
    /// All that was ever in force.
    var mainKeys: Set<MainKeyLabel>
    var isWithdrawn: Possible<Bool>
    var retention: Possible<DaemonAnswer.Retention>
    /// Each from when it was asked for, and when that was answered.
    var retentions: [(retention: DaemonAnswer.Retention, from: UInt64, answered: UInt64?, until: UInt64?)] = []
    var pending: Possible<MainKeyLabel?>
    /// One that was registered to wait for its grant: it waits until it is in force, or somebody is told that it does not.
    var registered: MainKeyLabel?
    /// When a replacement was seen to take effect last.
    var replacedAt: UInt64?
    /// When one was asked for last of which nobody knows.
    var mayBeReplacedAt: UInt64?
    /// Cancellations of repacks that are under way.
    var cancellations = 0
    /// Whether that one did not wait for its day: a key that is gone need not, once.
    var wasWaived = false
    /// Keys that a replacement has ended: they encrypt nothing more.
    var endedKeys: Set<String> = []
    /// The version that came with the last replacement, and those that were taken back.
    var newest: UInt32?
    var takenBack: Set<UInt32> = []
    /// All that was acknowledged before hangs under that main key alone: a repack that moved nothing yet is paused.
    var hangsUnder: (label: MainKeyLabel, before: UInt64)?
    /// When a `revoked` or `mismatched` was told last, and no grant since.
    var wipedAt: UInt64?
    /// Of the main keys in force, as far as it may be known: whether one that waits may come into force without the old one's proof.
    var mayLeaveWithoutOld = false
    /// Until then several versions of its key, each with a deadline of its own, may have been in use.
    var hasVersionsUntil: UInt64 = 0
    /// Until when the last answer said that the environment would live.
    var published: (at: UInt64, until: UInt64)?

    /// The main keys that may be in force: one that waits may be by now.
    var labels: Set<MainKeyLabel> {
        var labels = mainKey.values
        for label in pending.values { if let label { labels.insert(label) } }
        return labels
    }
}

/// What a client holds.
struct AuditedEntry {
    let number: Int
    let environment: String
    let name: String
    let scope: DataScope
    let context: [UInt8]
    /// A ciphertext, or a lent key's wrapped form.
    let sealed: [UInt8]
    let isLent: Bool
    /// What is in it.
    let plain: [UInt8]
    let key: String
    let asked: UInt64
    let acknowledged: UInt64
    /// How far the wall clock was ahead of the truth when it was made; seconds.
    let wallError: Int64

    var trueWall: Int64 { SimClocks.wall(at: acknowledged) }
    /// The end of its hour, by the clock as it was or as it should have been, when it was asked for: the earliest.
    var hourEnd: Int64 {
        let wall = SimClocks.wall(at: asked)
        return (min(wall, wall + wallError) / 3600 + 1) * 3600
    }
}

/// An act that takes data away: from when it was asked for until it was answered, or nobody was there to answer.
struct Removal {
    enum What {
        case subject(ErasureSubject)
        case environment
        /// Of material that was uploaded.
        case material
    }

    let environment: String
    let what: What
    let begin: UInt64
    var end: UInt64?
    var isAcknowledged = false
    /// It was refused, or taken back.
    var isVoid = false
}
