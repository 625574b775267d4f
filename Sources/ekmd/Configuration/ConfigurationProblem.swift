/// One thing about the configuration, at its place in the file.
struct ConfigurationProblem: Hashable, Sendable, CustomStringConvertible {
    var file: String
    /// Line and column, from 1; nil where the whole file is meant.
    var place: Place?
    var message: String

    struct Place: Hashable, Comparable, Sendable {
        var line: Int
        var column: Int

        static func < (a: Self, b: Self) -> Bool { (a.line, a.column) < (b.line, b.column) }
    }

    /// `file:line:column: message`, as compilers write it and editors read it.
    var description: String {
        guard let place else { return "\(file): \(message)" }
        return "\(file):\(place.line):\(place.column): \(message)"
    }
}
