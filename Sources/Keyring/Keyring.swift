internal import Bedrock
internal import Cryptography
package import KeyHierarchy

/// The directory of the environments that the daemon holds, and what finds those among them that something is up with: nobody who
/// looks for these walks all.
package final class Keyring: Sendable {
    private let directory = Lock(EnvironmentDirectory())

    package init() {}

    package func environment(_ name: EnvironmentName) -> LiveEnvironment? { directory.withLock { $0.byName[name] } }

    package func environment(_ id: EnvironmentID) -> LiveEnvironment? { directory.withLock { $0.entries[id]?.environment } }

    package var count: Int { directory.withLock { $0.sorted.count } }

    /// All, by name.
    package var environments: [LiveEnvironment] { directory.withLock { $0.sorted } }

    /// At most `limit`, by name, behind `name`; from the first one where that is nil. It need not be there any more.
    package func environments(after name: EnvironmentName?, limit: Int) -> [LiveEnvironment] {
        directory.withLock { directory in
            let start = name.map { directory.place(after: $0) } ?? 0
            return Array(directory.sorted[start...].prefix(limit))
        }
    }

    /// At most `limit` whose names begin with `prefix`, by name, behind `name`.
    package func environments(named prefix: String, after name: EnvironmentName?, limit: Int) -> [LiveEnvironment] {
        directory.withLock { directory in
            let start = max(directory.place(ofPrefix: prefix), name.map { directory.place(after: $0) } ?? 0)
            return directory.sorted[start...].prefix(limit).prefix { $0.identity.name.description.hasPrefix(prefix) }
        }.map { $0 }
    }

    // MARK: What is up with them

    /// How many environments are in each state; those that are in none are left out.
    package var states: [EnvironmentView.State: Int] { directory.withLock { $0.states } }

    /// At most `limit` of those that neither serve nor would with their next request, by name: where a KMS is silent they are many.
    package func troubled(limit: Int) -> [LiveEnvironment] { found { Set($0.troubled.prefix(limit)) } }

    /// Those with something that an operator should look at, but for what a KMS says of a key.
    func warned(limit: Int) -> [LiveEnvironment] { found { Set($0.warned.prefix(limit)) } }

    /// Those whose repack is to be gone on with, or whose retired wraps are to be swept.
    package var unfinished: [LiveEnvironment] { found { $0.unfinished } }

    /// Those that depend on a key in a KMS, or wait for it, by name.
    func sharing(_ target: PollTarget) -> [LiveEnvironment] { found { $0.sharing[target] ?? [] } }

    /// At most `limit` of those.
    func sharing(_ target: PollTarget, limit: Int) -> [LiveEnvironment] { found { Set(($0.sharing[target] ?? []).prefix(limit)) } }

    private func found(_ ids: (borrowing EnvironmentDirectory) -> Set<EnvironmentID>) -> [LiveEnvironment] {
        directory.withLock { directory in ids(directory).compactMap { directory.entries[$0]?.environment } }
            .sorted { $0.identity.name < $1.identity.name }
    }

    /// Those of which something has changed that upkeep goes by, since the last time.
    package func takeMoved() -> [EnvironmentID] { directory.withLock { $0.takeMoved() } }

    /// The one with keys in memory that was looked at longest ago, and when that was; it is to be looked at again now.
    func nextHolder(at now: BootInstant) -> (environment: LiveEnvironment, lookedAt: BootInstant)? {
        directory.withLock { $0.nextHolder(at: now) }
    }

    /// How many have keys in memory.
    var holders: Int { directory.withLock { $0.holders.count } }

    // MARK: Keeping it

    func add(_ environment: LiveEnvironment) {
        let standing = environment.nextStanding()
        directory.withLock { $0.add(environment, standing) }
    }

    /// A name that was made again meanwhile stays.
    func remove(_ environment: LiveEnvironment) { directory.withLock { $0.remove(environment) } }

    /// To be called whenever something of an environment has changed that it is found by.
    func file(_ environment: LiveEnvironment) {
        let standing = environment.nextStanding()
        directory.withLock { $0.file(environment.identity.id, standing) }
    }
}
