import ArgumentParser
import MainKeyDeclarations

/// What the kinds of main keys must know for their policies.
struct PolicyOptions: DeclaredOptions {
    static let kinds = MainKeyDeclarations.all.filter { $0.policy != nil }

    static let fields: [(name: String, help: ArgumentHelp)] = {
        var fields: [(name: String, help: ArgumentHelp)] = []
        for input in kinds.flatMap({ $0.policy?.inputs ?? [] }) where !fields.contains(where: { $0.name == input.name }) {
            fields.append((input.name, ArgumentHelp("\(input.help)", valueName: input.valueName)))
        }
        return fields
    }()

    var options: [String: Option<String?>] = [:]

    func check(for kind: PolicyKind) throws {
        for name in kind.policy.required.sorted() where given[name] == nil {
            throw ValidationError("Give --\(name), too: a policy for \(kind.declaration.title) names it.")
        }
        for (name, value) in given.sorted(by: { $0.key < $1.key }) {
            guard let input = kind.policy.inputs.first(where: { $0.name == name }) else {
                throw ValidationError("--\(name) is nothing that a policy for \(kind.declaration.title) names.")
            }
            guard input.accepts(value) else { throw ValidationError("--\(name) must be \(input.expected).") }
        }
    }
}
