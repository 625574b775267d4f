internal import CLinux
internal import Glibc

/// The process at the other end of a connection, as the kernel recorded it when it connected.
package struct Peer: Hashable, Sendable {
    package var process: Int32
    package var user: UInt32
    /// The primary group and all supplementary ones.
    package var groups: Set<UInt32>

    package init(process: Int32, user: UInt32, groups: Set<UInt32>) {
        self.process = process
        self.user = user
        self.groups = groups
    }

    /// Asks the kernel about the peer of a connected Unix socket (SO_PEERCRED and SO_PEERGROUPS of unix(7)); nil where it does not know.
    /// The groups are those the process really has: no user database is asked, which could block the event loop.
    init?(ofSocket descriptor: CInt) {
        var credentials = ekm_peer_credentials()
        var size = socklen_t(MemoryLayout<ekm_peer_credentials>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0, credentials.pid != 0 else { return nil }
        process = credentials.pid
        user = credentials.uid
        groups = Self.groups(ofSocket: descriptor).union([credentials.gid])
    }

    private static let peerGroupsOption: CInt = 59

    private static func groups(ofSocket descriptor: CInt) -> Set<UInt32> {
        var groups = [gid_t](repeating: 0, count: 64)
        for _ in 0..<2 {
            var size = socklen_t(groups.count * MemoryLayout<gid_t>.size)
            let status = unsafe getsockopt(descriptor, SOL_SOCKET, peerGroupsOption, &groups, &size)
            let count = Int(size) / MemoryLayout<gid_t>.size
            if status == 0 { return Set(groups.prefix(count)) }
            guard errno == ERANGE else { break }
            groups = [gid_t](repeating: 0, count: count)
        }
        return []
    }
}
