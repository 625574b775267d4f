/// How many live keys hang under one version of the environment key.
public struct KeyCensusReport: Codable, Hashable, Sendable {
    public var version: Int
    /// The main key that wraps the version, with its generation.
    public var mainKey: MainKeyReport
    public var keys: Int
    /// Whether this is the version under which keys are made now.
    public var isCurrent: Bool

    public init(version: Int, mainKey: MainKeyReport, keys: Int, isCurrent: Bool) {
        self.version = version
        self.mainKey = mainKey
        self.keys = keys
        self.isCurrent = isCurrent
    }

    private enum CodingKeys: String, CodingKey {
        case version, mainKey, keys
        case isCurrent = "current"
    }
}
