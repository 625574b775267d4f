/// Whether clients find the daemon's socket.
package enum SocketStanding: Sendable {
    case stands
    /// Its file was taken away, and could not be made again; or is the service manager's to make.
    case gone
    /// Something else stands in its place, which is not touched.
    case replaced
    /// Its file was taken away, and is there again: new clients find it.
    case madeAgain
}
