internal import Bedrock
package import EKMWire
package import KeyHierarchy
internal import Synchronization

/// Decides who may do what. It is asked for every operation; a connection may keep an answer until the epoch changes.
package final class Authorizer: Sendable {
    package enum Policy: Equatable, Sendable {
        /// Without any grants, the user who started the daemon may do everything, and nobody else anything.
        case ownerMayDoEverything(UInt32)
        case grants([Grant])
    }

    private let policy: Lock<Policy>
    private let currentEpoch = Atomic<UInt64>(1)

    package init(_ policy: Policy) { self.policy = Lock(policy) }

    /// Puts another policy in force, for open connections too.
    package func apply(_ policy: Policy) {
        self.policy.withLock { $0 = policy }
        currentEpoch.add(1, ordering: .releasing)
    }

    /// Changes with the policy.
    var epoch: UInt64 { currentEpoch.load(ordering: .acquiring) }

    /// Whether what an operation needs is granted; `environment` is the one that it is about, nil where it names none.
    package func allows(_ need: OperationDeclaration.Need, on environment: EnvironmentName?, to peer: Peer) -> Bool {
        switch (need, environment) {
        case (.nothing, _): true
        case (.environment(let permissions), let environment?): allows(permissions, on: environment, to: peer)
        case (.environment(let permissions), nil), (.anywhere(let permissions), _):
            holds(for: peer) { !$0.allow.isDisjoint(with: permissions) }
        case (.everything(let permissions), _): holds(for: peer) { !$0.allow.isDisjoint(with: permissions) && $0.coversAll }
        }
    }

    /// - Throws: ``ErrorCode/notGranted``, naming the grant that is missing.
    package func require(_ need: OperationDeclaration.Need, on environment: EnvironmentName?, for peer: Peer) throws(WireError) {
        guard !allows(need, on: environment, to: peer) else { return }
        throw missing(need, on: environment, for: peer)
    }

    /// Whether one of the permissions is granted on the environment.
    package func allows(_ permissions: [Permission], on environment: EnvironmentName, to peer: Peer) -> Bool {
        holds(for: peer) { grant in permissions.contains(where: grant.allow.contains) && grant.covers(environment) }
    }

    /// Whether the peer may look at everything.
    func seesAll(_ peer: Peer) -> Bool { allows(.everything([.status, .admin]), on: nil, to: peer) }

    /// The patterns over environments at which a peer may look.
    func visible(to peer: Peer) -> [String] {
        Array(Set(grants(of: peer).filter { !$0.allow.isDisjoint(with: [.status, .admin]) }.flatMap(\.environments)))
    }

    /// Whether `admin` is granted on `*`.
    package func administersAll(_ peer: Peer) -> Bool { allows(.everything([.admin]), on: nil, to: peer) }

    /// Whether `admin` is granted on any environment: then it may have something to lock.
    package func administers(_ peer: Peer) -> Bool { allows(.anywhere([.admin]), on: nil, to: peer) }

    /// Whether any grant speaks of the peer.
    package func knows(_ peer: Peer) -> Bool { holds(for: peer) { _ in true } }

    /// What is granted to a peer: patterns over environments, and what each allows.
    func grants(of peer: Peer) -> [Grant] {
        switch policy.withLock({ $0 }) {
        case .ownerMayDoEverything(let owner):
            peer.user == owner
                ? [Grant(subject: .user(name: String(owner), id: owner), environments: ["*"], allow: Set(Permission.allCases))] : []
        case .grants(let grants): grants.filter { $0.names(peer) }
        }
    }

    private func holds(for peer: Peer, _ condition: (Grant) -> Bool) -> Bool {
        switch policy.withLock({ $0 }) {
        case .ownerMayDoEverything(let owner): peer.user == owner
        case .grants(let grants): grants.contains { $0.names(peer) && condition($0) }
        }
    }

    private func missing(_ need: OperationDeclaration.Need, on environment: EnvironmentName?, for peer: Peer) -> WireError {
        let place: String
        switch (need, environment) {
        case (.everything, _): place = "*"
        case (.environment, let environment?): place = environment.description
        default: place = "any environment"
        }
        let permission = need.permissions.first?.rawValue ?? "nothing"
        let user = grantedName(of: peer).map { "user \($0) (uid \(peer.user))" } ?? "uid \(peer.user)"
        return WireError(
            .notGranted, "Not granted: this needs allow: [\(permission)] on \(place) for \(user).",
            remedy: "Add it to `grants` in the daemon's configuration, and reload it with SIGHUP.")
    }

    /// A user's name as some grant has it. The user database is not asked: it may be remote, and this runs on the event loop.
    private func grantedName(of peer: Peer) -> String? {
        guard case .grants(let grants) = policy.withLock({ $0 }) else { return nil }
        for case .user(let name, peer.user) in grants.map(\.subject) where name != String(peer.user) { return name }
        return nil
    }
}
