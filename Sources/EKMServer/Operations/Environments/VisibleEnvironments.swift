internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// The environments at which a peer may look: found by what their names begin with, so that nobody's request walks all of them.
struct VisibleEnvironments {
    /// How many one request looks at.
    static let mostLookedAt = 2_000
    /// How many are counted of those who may not look at all.
    private static let mostCounted = 10_000

    private let patterns: [String]
    private let prefixes: [String]
    private let seesAll: Bool
    private let keyring: Keyring

    init(to peer: Peer, _ service: Service) {
        keyring = service.hierarchies.keyring
        patterns = service.authorizer.visible(to: peer)
        seesAll = service.authorizer.seesAll(peer)
        let all = Set(patterns.map(Grant.prefix)).sorted()
        // What begins with another's beginning is found with it.
        prefixes = all.filter { prefix in !all.contains { $0 != prefix && prefix.hasPrefix($0) } }
    }

    func contains(_ name: EnvironmentName) -> Bool { seesAll || patterns.contains { Grant.matches($0, name) } }

    /// Those behind a name, in order, and whether more follow behind the last that was looked at.
    func behind(_ name: EnvironmentName?, limit: Int = mostLookedAt) -> (found: [LiveEnvironment], lookedAt: EnvironmentName?) {
        let batch = prefixes.flatMap { keyring.environments(named: $0, after: name, limit: limit) }
            .sorted { $0.identity.name < $1.identity.name }.prefix(limit)
        return (batch.filter { contains($0.identity.name) }, batch.count < limit ? nil : batch.last?.identity.name)
    }

    /// At most `limit` of those that do not serve, by name.
    func troubled(limit: Int, at now: BootInstant) -> [(EnvironmentName, EnvironmentTrouble)] {
        let candidates = seesAll ? keyring.troubled(limit: limit) : behind(nil).found
        return candidates.lazy.compactMap { environment in environment.trouble(at: now).map { (environment.identity.name, $0) } }
            .prefix(limit).map { $0 }
    }

    /// How many are in each state.
    func states(at now: BootInstant) -> [String: Int] {
        if seesAll { return Dictionary(uniqueKeysWithValues: keyring.states.filter { $0.value > 0 }.map { ($0.key.rawValue, $0.value) }) }
        return behind(nil, limit: Self.mostCounted).found.reduce(into: [:]) { $0[$1.state(at: now).rawValue, default: 0] += 1 }
    }
}
