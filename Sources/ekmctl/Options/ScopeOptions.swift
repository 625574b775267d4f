import ArgumentParser
import EKMWire

/// What the data belongs to: exactly one of four.
struct ScopeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The data of one job: a key of its own for each job and hour.", valueName: "id"))
    var job: String?

    @Option(help: ArgumentHelp("Credentials or settings of one connection.", valueName: "id"))
    var connection: String?

    @Flag(help: "A trigger event.")
    var event = false

    @Flag(help: "Log data.")
    var log = false

    /// The scope that was asked for, or nil where none was.
    var scope: Scope? { scopes.first }

    private var scopes: [Scope] {
        [job.map { Scope.job($0) }, connection.map { Scope.connection($0) }, event ? .event : nil, log ? .log : nil].compactMap { $0 }
    }

    func validate() throws {
        guard scopes.count == 1 else {
            throw ValidationError(
                "Say what the data belongs to, with exactly one of: --job ID, --connection ID, --event, --log. The key that encrypts it depends on that."
            )
        }
        if let id = job ?? connection, !(1...Scope.largestID).contains(id.utf8.count) {
            throw ValidationError("The id of a job or connection has 1 to \(Scope.largestID) bytes.")
        }
    }

    func required() throws -> Scope {
        guard let scope else { throw ValidationError("No scope is given.") }
        return scope
    }
}
