/// How the daemon ends, by sysexits(3).
enum ExitStatus: Int32, Sendable {
    /// Stopped as asked.
    case stopped = 0
    /// It was called wrongly.
    case usage = 64
    /// A defect in this program, or a system that refuses what every system grants.
    case software = 70
    /// A file, directory or socket could not be made.
    case cannotCreate = 73
    /// The store could not be read or written.
    case inputOutput = 74
    /// Another daemon has the state directory or the socket.
    case tryAgain = 75
    /// The configuration, or the root key it names, is wrong.
    case configuration = 78
}
