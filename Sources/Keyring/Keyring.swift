internal import Bedrock
internal import Cryptography
package import KeyHierarchy

/// The directory of the environments that the daemon holds.
package final class Keyring: Sendable {
    private struct Directory {
        var byName: [EnvironmentName: LiveEnvironment] = [:]
        var byID: [EnvironmentID: LiveEnvironment] = [:]
    }

    private let directory = Lock(Directory())

    package func environment(_ name: EnvironmentName) -> LiveEnvironment? { directory.withLock { $0.byName[name] } }

    package func environment(_ id: EnvironmentID) -> LiveEnvironment? { directory.withLock { $0.byID[id] } }

    /// All, in no order.
    var all: [LiveEnvironment] { directory.withLock { Array($0.byName.values) } }

    /// All, by name.
    package var environments: [LiveEnvironment] { all.sorted { $0.identity.name < $1.identity.name } }

    func add(_ environment: LiveEnvironment) {
        directory.withLock {
            $0.byName[environment.identity.name] = environment
            $0.byID[environment.identity.id] = environment
        }
    }

    /// A name that was made again meanwhile stays.
    func remove(_ environment: LiveEnvironment) {
        directory.withLock { directory in
            if directory.byName[environment.identity.name] === environment { directory.byName[environment.identity.name] = nil }
            directory.byID[environment.identity.id] = nil
        }
    }
}
