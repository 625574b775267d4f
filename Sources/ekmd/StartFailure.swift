/// Why the daemon did not start, or did not end well: how it exits, and what it tells the person who started it.
struct StartFailure: Error, CustomStringConvertible {
    let status: ExitStatus
    /// What happened, why, and what to do.
    let message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    var description: String { message }
}
