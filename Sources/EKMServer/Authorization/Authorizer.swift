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

    /// - Throws: ``ErrorCode/notGranted``, naming the grant that is missing.
    package func require(_ permission: Permission, on environment: EnvironmentName, for peer: Peer) throws(WireError) {
        guard !allows([permission], on: environment, to: peer) else { return }
        throw missing(permission, on: environment.description, for: peer)
    }

    /// - Throws: ``ErrorCode/notGranted`` unless `status` or `admin` is granted on the environment.
    package func requireStatus(of environment: EnvironmentName, for peer: Peer) throws(WireError) {
        guard !allows([.status, .admin], on: environment, to: peer) else { return }
        throw missing(.status, on: environment.description, for: peer)
    }

    /// Whether one of the permissions is granted on the environment.
    package func allows(_ permissions: [Permission], on environment: EnvironmentName, to peer: Peer) -> Bool {
        holds(for: peer) { grant in permissions.contains(where: grant.allow.contains) && grant.covers(environment) }
    }

    /// - Throws: ``ErrorCode/notGranted`` unless the permission is granted on any environment at all.
    package func requireAnywhere(_ permission: Permission, for peer: Peer) throws(WireError) {
        guard !holds(for: peer, { $0.allow.contains(permission) }) else { return }
        throw missing(permission, on: "any environment", for: peer)
    }

    /// - Throws: ``ErrorCode/notGranted`` unless `status` or `admin` is granted on any environment at all.
    package func requireStatus(for peer: Peer) throws(WireError) {
        guard !holds(for: peer, { $0.allow.contains(.status) || $0.allow.contains(.admin) }) else { return }
        throw missing(.status, on: "any environment", for: peer)
    }

    /// Whether `admin` is granted on `*`.
    package func administersAll(_ peer: Peer) -> Bool { holds(for: peer) { $0.allow.contains(.admin) && $0.coversAll } }

    /// - Throws: ``ErrorCode/notGranted`` unless `admin` is granted on `*`.
    package func requireAdminOfAll(for peer: Peer) throws(WireError) {
        guard !administersAll(peer) else { return }
        throw missing(.admin, on: "*", for: peer)
    }

    private func holds(for peer: Peer, _ condition: (Grant) -> Bool) -> Bool {
        switch policy.withLock({ $0 }) {
        case .ownerMayDoEverything(let owner): peer.user == owner
        case .grants(let grants): grants.contains { $0.names(peer) && condition($0) }
        }
    }

    private func missing(_ permission: Permission, on environments: String, for peer: Peer) -> WireError {
        let user = grantedName(of: peer).map { "user \($0) (uid \(peer.user))" } ?? "uid \(peer.user)"
        return WireError(
            .notGranted, "Not granted: this needs allow: [\(permission.rawValue)] on \(environments) for \(user).",
            remedy: "Add it to `grants` in the daemon's configuration, and reload it with SIGHUP.")
    }

    /// A user's name as some grant has it. The user database is not asked: it may be remote, and this runs on the event loop.
    private func grantedName(of peer: Peer) -> String? {
        guard case .grants(let grants) = policy.withLock({ $0 }) else { return nil }
        for case .user(let name, peer.user) in grants.map(\.subject) where name != String(peer.user) { return name }
        return nil
    }
}
