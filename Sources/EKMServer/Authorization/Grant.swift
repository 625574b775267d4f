package import EKMWire
internal import KeyHierarchy

/// One line of the configuration's `grants`: who may do what on which environments.
package struct Grant: Equatable, Sendable {
    /// A local user or group, with its number where this machine knows the name.
    package enum Subject: Hashable, Sendable {
        case user(name: String, id: UInt32?)
        case group(name: String, id: UInt32?)
    }

    package var subject: Subject
    /// Patterns over `workspace/environment`; `*` stands for any characters.
    package var environments: [String]
    package var allow: Set<Permission>

    package init(subject: Subject, environments: [String], allow: Set<Permission>) {
        self.subject = subject
        self.environments = environments
        self.allow = allow
    }
}

extension Grant {
    /// Whether the grant speaks of this peer.
    func names(_ peer: Peer) -> Bool {
        switch subject {
        case .user(_, let id): id == peer.user
        case .group(_, let id): id.map { peer.groups.contains($0) } ?? false
        }
    }

    /// Whether one of the patterns matches the environment.
    func covers(_ environment: EnvironmentName) -> Bool {
        let name = Array(environment.description.utf8)
        return environments.contains { Self.matches(Array($0.utf8)[...], name[...]) }
    }

    /// What names begin with that a pattern covers.
    static func prefix(of pattern: String) -> String { String(pattern.prefix { $0 != "*" }) }

    /// Whether one pattern matches a name.
    static func matches(_ pattern: String, _ name: EnvironmentName) -> Bool {
        matches(Array(pattern.utf8)[...], Array(name.description.utf8)[...])
    }

    /// Whether one of the patterns is `*`: what stands above all environments needs that.
    var coversAll: Bool { environments.contains("*") }

    /// Patterns come from the operator, names from clients: neither is long, so that recursion over `*` is bounded.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        guard first == UInt8(ascii: "*") else { return first == name.first && matches(pattern.dropFirst(), name.dropFirst()) }
        let rest = pattern.drop { $0 == first }
        return rest.isEmpty || name.indices.contains { matches(rest, name[$0...]) }
    }
}
