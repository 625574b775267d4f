/// The name of an environment, typed once more before what cannot be undone.
struct Confirmation {
    private let name: String
    private let given: String?
    private let option: String
    private let doing: String
    private let verb: String
    private let undone: String

    /// - Parameters:
    ///   - given: what stood on the command line, with `option`.
    ///   - doing: `deleting`, for instance; the environment's name follows.
    ///   - verb: `delete it`, for instance.
    ///   - undone: what is told where it is not confirmed.
    init(of environment: EnvironmentArgument, given: String?, option: String, doing: String, verb: String, undone: String) {
        name = environment.name
        self.given = given
        self.option = option
        self.doing = doing
        self.verb = verb
        self.undone = undone
    }

    /// Refuses before the daemon is asked: another name, or nobody there to type one.
    func prepare() throws(Failure) {
        if let given, given != name { throw mismatch }
        if given == nil, !Terminal.isInput {
            throw Failure(
                .usage, "confirmation-required", "\(doing) \(name) cannot be undone, and nobody is there to confirm it",
                remedy: "In a script, add: \(option) \(name)")
        }
    }

    /// The name as it was given, or as it is typed now.
    func typed() throws(Failure) -> String {
        if let given { return given }
        Terminal.errorPart("Type its name to \(verb): ")
        guard readLine() == name else { throw mismatch }
        return name
    }

    private var mismatch: Failure {
        Failure(.usage, "confirmation-mismatch", "the name that was given is not \(name): \(undone)")
    }
}
