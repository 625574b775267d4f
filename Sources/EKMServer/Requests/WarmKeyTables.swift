/// The warm keys of the peers that grants cannot tell apart: users and groups, but not processes. One loop owns it, and its connections share it.
final class WarmKeyTables {
    var encryptions = WarmKeys()
    var decryptions = WarmKeys()
    /// How many connections share it.
    fileprivate var connections = 0
}

extension Worker {
    /// Gives a connection the tables of its peer's kind.
    func enter(_ peer: Peer) -> WarmKeyTables {
        let tables = warmKeys[peer.kind] ?? WarmKeyTables()
        warmKeys[peer.kind] = tables
        tables.connections += 1
        return tables
    }

    /// With the last connection of a kind its tables go.
    func leave(_ peer: Peer, _ tables: WarmKeyTables) {
        tables.connections -= 1
        if tables.connections == 0 { warmKeys[peer.kind] = nil }
    }
}

extension Peer {
    /// What a grant can say of a peer: not which process it is.
    fileprivate var kind: Peer { Peer(process: 0, user: user, groups: groups) }
}
