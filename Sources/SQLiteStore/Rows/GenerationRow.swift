internal import GRDB
internal import KeyHierarchy

/// A generation of a main key that a version of the environment's key was made under, at any time.
struct GenerationRow: AuthenticatedRow, Hashable, Sendable {
    static let table = "generations"
    static let primaryKey = ["environment", "main_key", "generation"]

    var environment: EnvironmentID
    var mainKey: MainKeyID
    var generation: Generation

    init(environment: EnvironmentID, mainKey: MainKeyID, generation: Generation) {
        self.environment = environment
        self.mainKey = mainKey
        self.generation = generation
    }

    /// Nil where the main key tells none.
    init?(_ key: EnvironmentKeyRecord, of environment: EnvironmentID) {
        guard let generation = key.generation else { return nil }
        self.init(environment: environment, mainKey: key.mainKey, generation: generation)
    }

    init(_ columns: Columns) throws(RowDamage) {
        environment = try columns.identifier("environment")
        mainKey = try columns.identifier("main_key")
        generation = Generation(try columns.text("generation", atMost: Limits.generation))
    }

    var columns: Columns {
        Columns(
            table: Self.table,
            ["environment": environment.blob, "main_key": mainKey.blob, "generation": generation.name.databaseValue])
    }
}
