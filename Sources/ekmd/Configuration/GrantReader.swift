import EKMServer
import EKMWire
import Yams

/// Reads one entry of `grants`.
struct GrantReader {
    let name: String
    let diagnostics: ConfigurationDiagnostics
    let userID: (String) -> UInt32?
    let groupID: (String) -> UInt32?

    /// Nil where it is wrong, which was told then.
    func read(_ node: Node) -> Grant? {
        var section = ConfigurationSection(node, name: name, diagnostics: diagnostics)
        guard section.place != nil else { return nil }
        let userNode = section.place?.mapping?[Node("user")]
        let groupNode = section.place?.mapping?[Node("group")]
        let user = section.text("user", expected: "a user's name or number")
        let group = section.text("group", expected: "a group's name or number")
        let environments = readList(
            section.take("environments"), key: "environments", of: node, expected: "'*', 'workspace/*' or 'workspace/environment'",
            { EnvironmentPattern($0)?.text })
        let operations = Permission.allCases.map(\.rawValue).joined(separator: ", ")
        let allow = readList(
            section.take("allow"), key: "allow", of: node, expected: "one of \(operations)", Permission.init(rawValue:))
        section.finish()

        switch (user, group) {
        case (let user?, nil):
            let id = number(user, at: userNode, of: "user", userID)
            return Grant(subject: .user(name: user, id: id), environments: environments, allow: Set(allow))
        case (nil, let group?):
            let id = number(group, at: groupNode, of: "group", groupID)
            return Grant(subject: .group(name: group, id: id), environments: environments, allow: Set(allow))
        default:
            diagnostics.error("'\(name)' must name either a user or a group", at: node)
            return nil
        }
    }

    private func readList<Value>(_ list: Node?, key: String, of grant: Node, expected: String, _ parse: (String) -> Value?) -> [Value] {
        guard let list, let elements = list.sequence, !elements.isEmpty else {
            diagnostics.error("'\(name).\(key)' must be a list of at least one; each is \(expected)", at: list ?? grant)
            return []
        }
        return elements.enumerated().compactMap { index, element in
            if let text = element.scalar?.string, let value = parse(text) { return value }
            diagnostics.error("'\(name).\(key)[\(index)]' must be \(expected)", at: element)
            return nil
        }
    }

    /// A name may come into being later, so that an unknown one grants nothing but is no error.
    private func number(_ text: String, at node: Node?, of kind: String, _ lookUp: (String) -> UInt32?) -> UInt32? {
        if let number = DecimalText.parse(text[...]) {
            // The last number means "nobody in particular" to the kernel.
            if let id = UInt32(exactly: number), id != .max { return id }
            diagnostics.error("'\(text)' is too large for a \(kind)'s number", at: node)
            return nil
        }
        guard let id = lookUp(text) else {
            diagnostics.warning(
                "there is no \(kind) '\(text)' on this machine; the grant gives nobody anything until there is one and the configuration is reloaded",
                at: node)
            return nil
        }
        return id
    }
}
