/// Where wrapped keys and public facts are kept. Every change is one transaction, durable when the call returns.
///
/// Rows that decide something are authenticated: one that was changed by other hands throws `.damaged`,
/// or marks its environment as damaged.
package protocol KeyStore: LifeCycleStore {
    /// All environments, by name; damaged ones are marked, not left out.
    func environments() async throws(KeyStoreError) -> [EnvironmentRecord]

    /// Keeps a new environment with its main key and its first environment key.
    /// - Throws: `.exists` when the name is taken.
    func create(_ environment: EnvironmentRecord) async throws(KeyStoreError)

    /// Deletes an environment and everything below it, out of the file and the log; works on a damaged one too.
    /// - Throws: `.missing`.
    func delete(_ environment: EnvironmentID) async throws(KeyStoreError)

    /// A key with its wraps; nil when this environment has none of that id.
    func key(_ id: KeyID, of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord?

    /// The hourly key that is active now, whichever hour it was made for.
    func activeHourlyKey(of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord?

    /// The newest version of a connection's key.
    func connectionKey(_ connection: String, of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord?

    /// The newest version of the log key.
    func logKey(of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord?

    /// Keeps a new key with its wraps. An active hourly key closes every other active one of its environment;
    /// where the same purpose (hour, connection and version, log version) is already served, nothing is kept.
    /// - Returns: the key that serves the purpose now: `key`, or the one that was there.
    func insert(_ key: KeyRecord) async throws(KeyStoreError) -> KeyRecord

    func contents(of environment: EnvironmentID) async throws(KeyStoreError) -> EnvironmentContents

    /// The record, the contents, and how many live keys hang under each version of the environment key, oldest first, all as of one moment; nil where there is no such environment.
    func overview(of environment: EnvironmentID) async throws(KeyStoreError) -> EnvironmentOverview?

    /// Looks at what the store is made of, as far as that takes a moment.
    /// - Returns: what is wrong; nil where nothing is.
    func defect() async throws(KeyStoreError) -> String?
}
