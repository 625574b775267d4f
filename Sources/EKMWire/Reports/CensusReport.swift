/// How many live keys hang under one generation of a main key.
public struct CensusReport: Codable, Hashable, Sendable {
    public var generation: String
    public var keys: Int

    public init(generation: String, keys: Int) {
        self.generation = generation
        self.keys = keys
    }
}
