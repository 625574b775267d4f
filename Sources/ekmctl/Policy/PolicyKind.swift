import ArgumentParser
import MainKeyDeclarations

/// A kind of main key that has a policy to print.
struct PolicyKind: ExpressibleByArgument {
    let declaration: MainKeyDeclaration
    let policy: DeclaredPolicy

    init?(argument: String) {
        guard let declaration = PolicyOptions.kinds.first(where: { $0.name == argument }), let policy = declaration.policy else {
            return nil
        }
        self.declaration = declaration
        self.policy = policy
    }

    static var allValueStrings: [String] { PolicyOptions.kinds.map(\.name) }
}
