internal import EKMWire
internal import KeyHierarchy

/// What came of it.
struct GateOutcome: Sendable {
    /// Nil where it was done.
    let code: ErrorCode?
    /// What the KMS said, where that decided.
    let verdict: WireVerdict?
    /// The keys that it was done with or to.
    let keys: [KeyID]
    let ended: WallTime
}
