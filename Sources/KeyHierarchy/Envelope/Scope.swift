/// What data belongs to, and so which key encrypts it.
package enum Scope: Hashable, Sendable {
    /// The data of one job; each job and hour has a data key of its own.
    case job(JobID)
    /// Credentials and settings of one connection.
    case connection(ConnectionID)
    /// A trigger event, under the hourly key itself.
    case event
    case log

    package enum Kind: UInt8, Sendable, CaseIterable {
        case job = 1
        case connection = 2
        case event = 3
        case log = 4
    }

    package var kind: Kind {
        switch self {
        case .job: .job
        case .connection: .connection
        case .event: .event
        case .log: .log
        }
    }

    /// The job's or connection's id; empty for the other two.
    package var id: String {
        switch self {
        case .job(let id): id.text
        case .connection(let id): id.text
        case .event, .log: ""
        }
    }
}
