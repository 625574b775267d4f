import ArgumentParser
import EKMWire
import MainKeyDeclarations

/// A key in a KMS of any kind: `--KIND KEY`, and the options that the kinds take.
struct KMSKeyOptions: DeclaredOptions {
    static let fields: [(name: String, help: ArgumentHelp)] = {
        var fields: [(name: String, help: ArgumentHelp)] = []
        for kind in MainKeyDeclarations.all {
            fields.append((kind.name, ArgumentHelp(kind.key.help, valueName: kind.key.valueName)))
        }
        for option in MainKeyDeclarations.all.flatMap(\.options) where !fields.contains(where: { $0.name == option.name }) {
            fields.append((option.name, ArgumentHelp(option.help, valueName: option.valueName)))
        }
        return fields
    }()

    var options: [String: Option<String?>] = [:]

    /// As a usage error names them: an option, and what stands for its value.
    static var forms: [String] { MainKeyDeclarations.all.map { "--\($0.name) \($0.key.valueName.uppercased())" } }

    private var kinds: [MainKeyDeclaration] { MainKeyDeclarations.all.filter { given[$0.name] != nil } }

    /// Nil where none is named.
    var key: KMSKey? {
        guard let kind = kinds.first, let key = given[kind.name] else { return nil }
        let options = given.filter { name, _ in !MainKeyDeclarations.all.contains { $0.name == name } }
        return KMSKey(kind: kind.name, key: key, options: options)
    }

    func validate() throws {
        guard kinds.count <= 1 else {
            throw ValidationError("An environment has one main key: give only one of --\(kinds.map(\.name).joined(separator: ", --")).")
        }
        guard let kind = kinds.first, let key else {
            guard let option = given.keys.min() else { return }
            let takers = MainKeyDeclarations.all.filter { $0.options.contains { $0.name == option } }
            throw ValidationError(
                "--\(option) belongs to a key in \(takers.map(\.title).joined(separator: " or ")): give "
                    + "\(takers.map { "--\($0.name)" }.joined(separator: " or ")), too.")
        }
        do { try kind.check(key: key.key, options: key.options) } catch { throw ValidationError("\(error.message) \(error.remedy)") }
    }
}
