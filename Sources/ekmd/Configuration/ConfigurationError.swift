/// A configuration that is refused, with everything that is wrong in it.
struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// In the file's order; never empty.
    let problems: [ConfigurationProblem]

    init(_ problems: [ConfigurationProblem]) {
        self.problems = problems
    }

    init(file: String, _ message: String) {
        problems = [ConfigurationProblem(file: file, place: nil, message: message)]
    }

    var description: String { problems.map(\.description).joined(separator: "\n") }
}
