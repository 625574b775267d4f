import Yams

/// Gathers what is wrong in one file, so that all of it is told at once.
final class ConfigurationDiagnostics {
    let file: String
    private(set) var errors: [ConfigurationProblem] = []
    private(set) var warnings: [ConfigurationProblem] = []

    init(file: String) {
        self.file = file
    }

    func error(_ message: String, at node: Node?) {
        errors.append(ConfigurationProblem(file: file, place: Self.place(of: node?.mark), message: message))
    }

    func warning(_ message: String, at node: Node?) {
        warnings.append(ConfigurationProblem(file: file, place: Self.place(of: node?.mark), message: message))
    }

    func finish() throws(ConfigurationError) {
        guard !errors.isEmpty else { return }
        throw ConfigurationError(errors.sorted { ($0.place ?? .init(line: 0, column: 0)) < ($1.place ?? .init(line: 0, column: 0)) })
    }

    static func place(of mark: Mark?) -> ConfigurationProblem.Place? {
        mark.map { .init(line: $0.line, column: $0.column) }
    }
}
