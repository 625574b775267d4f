import ArgumentParser
import MainKeyDeclarations

/// Options whose names are known at run time alone: those that the kinds of main keys declare.
///
/// ArgumentParser finds a type's options by reflection, and fills them in by decoding; both can be answered from a list.
protocol DeclaredOptions: ParsableArguments, CustomReflectable {
    /// In the order of the usage text, each name once.
    static var fields: [(name: String, help: ArgumentHelp)] { get }

    /// Before anything is parsed the definitions, then the values.
    var options: [String: Option<String?>] { get set }

    init()
}

extension DeclaredOptions {
    /// What was given, by name.
    var given: [String: String] { options.compactMapValues(\.wrappedValue) }

    var customMirror: Mirror {
        Mirror(
            self,
            children: Self.fields.map { field in
                (
                    label: Optional("_\(OptionKey.label(of: field.name))"),
                    value: (options[field.name] ?? Option(name: .customLong(field.name), help: field.help)) as Any
                )
            }, displayStyle: .struct)
    }

    init(from decoder: any Decoder) throws {
        self.init()
        guard !Self.fields.isEmpty else { return }
        let container = try decoder.container(keyedBy: OptionKey.self)
        for (name, _) in Self.fields {
            options[name] = try container.decode(Option<String?>.self, forKey: OptionKey(stringValue: OptionKey.label(of: name)))
        }
    }
}
