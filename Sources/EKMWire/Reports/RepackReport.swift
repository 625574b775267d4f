/// How far a repack has come.
public struct RepackReport: Codable, Hashable, Sendable {
    public var state: String
    /// How many keys are wrapped under the new environment key.
    public var moved: Int
    /// How many keys there are to move.
    public var total: Int

    public init(state: String, moved: Int, total: Int) {
        self.state = state
        self.moved = moved
        self.total = total
    }
}
