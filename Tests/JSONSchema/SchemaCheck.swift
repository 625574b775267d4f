/// One look at a value through the eyes of a schema.
///
/// It knows the keywords that the project's schemas use. Any other is a violation, so that none is passed over in silence.
package struct SchemaCheck: Sendable {
    /// With what a property was met.
    package enum Presence: Hashable, Sendable { case null, value }

    private static let annotations: Set<String> = [
        "$schema", "$defs", "$comment", "title", "description", "format", "contentEncoding",
    ]

    private let library: SchemaLibrary
    /// What is wrong, a line each.
    package private(set) var violations: [String] = []
    /// The properties that were there, by where the schemas describe them.
    package private(set) var met: [SchemaLocation: Set<Presence>] = [:]

    init(library: SchemaLibrary) { self.library = library }

    package mutating func check(_ value: JSONValue, at location: SchemaLocation, path: String) {
        switch library[location] {
        case .object(let schema)?:
            for (keyword, argument) in schema.sorted(by: { $0.key < $1.key }) {
                check(value, keyword, argument, schema, location, path)
            }
        case .bool(true)?: break
        case .bool(false)?: fail(path, "is not allowed by \(location)")
        default: fail(path, "there is no schema at \(location)")
        }
    }

    private mutating func check(
        _ value: JSONValue, _ keyword: String, _ argument: JSONValue, _ schema: [String: JSONValue], _ location: SchemaLocation,
        _ path: String
    ) {
        switch keyword {
        case "type": require(isOfType(value, argument), path, "is not of type \(argument)")
        case "const": require(value == argument, path, "is not \(argument)")
        case "enum": require(argument.elements.contains(value), path, "\(value) is none of \(location)/enum")
        case "minimum":
            if case (.number(let number), .number(let least)) = (value, argument) { require(number >= least, path, "is below \(least)") }
        case "pattern":
            if let text = value.text { require(matches(text, argument.text ?? ""), path, "'\(text)' does not match \(argument)") }
        case "required":
            guard case .object(let members) = value else { return }
            for name in argument.elements.compactMap(\.text) where members[name] == nil { fail(path, "has no '\(name)'") }
        case "properties", "additionalProperties", "propertyNames": check(members: value, keyword, schema, location, path)
        case "items":
            for (index, element) in value.elements.enumerated() {
                check(element, at: location.appending("items"), path: "\(path)/\(index)")
            }
        case "$ref":
            guard let target = argument.text.flatMap(location.resolving) else { return fail(path, "\(argument) refers to nothing") }
            check(value, at: target, path: path)
        case "anyOf", "oneOf": check(value, keyword, count: argument.elements.count, location, path)
        default: require(Self.annotations.contains(keyword), path, "the keyword '\(keyword)' at \(location) is not known")
        }
    }

    private mutating func check(
        members value: JSONValue, _ keyword: String, _ schema: [String: JSONValue], _ location: SchemaLocation, _ path: String
    ) {
        let described = schema["properties"]?.fields ?? [:]
        for (name, member) in (value.fields ?? [:]).sorted(by: { $0.key < $1.key }) {
            switch keyword {
            case "properties" where described[name] != nil:
                let property = location.appending(keyword, name)
                met[property, default: []].insert(member == .null ? .null : .value)
                check(member, at: property, path: "\(path)/\(name)")
            case "additionalProperties" where described[name] == nil:
                check(member, at: location.appending(keyword), path: "\(path)/\(name)")
            case "propertyNames": check(.string(name), at: location.appending(keyword), path: "\(path)/\(name)")
            default: break
            }
        }
    }

    /// What a branch met counts only where the branch holds.
    private mutating func check(
        _ value: JSONValue, _ keyword: String, count: Int, _ location: SchemaLocation, _ path: String
    ) {
        let branches = (0..<count).map { index in
            var branch = SchemaCheck(library: library)
            branch.check(value, at: location.appending(keyword, "\(index)"), path: path)
            return branch
        }
        let holding = branches.filter(\.violations.isEmpty)
        for branch in holding { met.merge(branch.met) { $0.union($1) } }
        if holding.isEmpty { violations += ["\(path): holds under no branch of \(location)/\(keyword)"] + branches.flatMap(\.violations) }
        if keyword == "oneOf", holding.count > 1 { fail(path, "holds under \(holding.count) branches of \(location)/oneOf") }
    }

    private func isOfType(_ value: JSONValue, _ argument: JSONValue) -> Bool {
        let types = argument.text.map { [$0] } ?? argument.elements.compactMap(\.text)
        return types.contains { type in
            switch (type, value) {
            case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string), ("array", .array), ("object", .object): true
            case ("integer", .number(let number)): number == number.rounded()
            default: false
            }
        }
    }

    private func matches(_ text: String, _ pattern: String) -> Bool {
        (try? Regex(pattern).firstMatch(in: text)).flatMap { $0 } != nil
    }

    private mutating func require(_ holds: Bool, _ path: String, _ complaint: @autoclosure () -> String) {
        if !holds { fail(path, complaint()) }
    }

    private mutating func fail(_ path: String, _ complaint: String) { violations.append("\(path.isEmpty ? "/" : path): \(complaint)") }
}
