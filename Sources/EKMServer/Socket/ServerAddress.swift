/// Where the server listens.
package enum ServerAddress: Sendable {
    /// A Unix socket that the server makes, with a mode and, unless nil, a group.
    case path(String, mode: UInt32, group: UInt32?)
    /// A listening socket that systemd made, and where clients find it.
    case inherited(CInt, path: String)

    var path: String {
        switch self {
        case .path(let path, _, _), .inherited(_, let path): path
        }
    }
}
