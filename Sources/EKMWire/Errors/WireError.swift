/// A failure as it crosses the wire: what happened and why, and what to do.
public struct WireError: Error, Sendable {
    /// What kind of failure it is.
    public var code: ErrorCode
    /// What happened, and why: whole sentences for a person.
    public var message: String
    /// What to do next.
    public var remedy: String
    /// How the last call to the environment's main key ended.
    public var verdict: WireVerdict
    /// When that call ended, in seconds since 1970; nil where there was none.
    public var verdictAt: UInt64?
    /// What the KMS said, in its own words; may be empty.
    public var reason: String

    public init(
        _ code: ErrorCode, _ message: String, remedy: String = "", verdict: WireVerdict = .none, verdictAt: UInt64? = nil,
        reason: String = ""
    ) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.verdict = verdict
        self.verdictAt = verdictAt
        self.reason = reason
    }
}

extension WireError: Equatable {
    /// Compares the code alone.
    public static func == (left: WireError, right: WireError) -> Bool { left.code == right.code }
}

extension WireError: CustomStringConvertible {
    public var description: String {
        var text = message
        if !reason.isEmpty { text += " The KMS says: \(reason)" }
        if !remedy.isEmpty { text += " \(remedy)" }
        return text
    }
}
