import Foundation

/// JSON Schemas (draft 2020-12) that refer to each other by the names of their files.
package struct SchemaLibrary: Sendable {
    package static let suffix = ".schema.json"

    /// By the name of their file.
    package let documents: [String: JSONValue]

    package init(_ documents: [String: JSONValue]) { self.documents = documents }

    /// Every schema in a directory.
    package init(directory: String) throws {
        var documents: [String: JSONValue] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: directory) where name.hasSuffix(Self.suffix) {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(name)"))
            documents[name] = try JSONValue(parsing: Array(bytes))
        }
        self.documents = documents
    }

    /// Those that the project publishes.
    package static func published() throws -> SchemaLibrary {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try SchemaLibrary(directory: root.path + "/Sources/EKMWire/Documentation.docc/Schemas")
    }

    /// Checks a value against the schema `name`, which is the file's name without its suffix.
    package func check(_ value: JSONValue, against name: String) -> SchemaCheck {
        check(value, at: SchemaLocation(name + Self.suffix))
    }

    package func check(_ value: JSONValue, at location: SchemaLocation) -> SchemaCheck {
        var check = SchemaCheck(library: self)
        check.check(value, at: location, path: "")
        return check
    }

    package subscript(location: SchemaLocation) -> JSONValue? {
        location.pointer.reduce(documents[location.document]) { value, step in
            if let index = Int(step), let elements = value?.elements, elements.indices.contains(index) { return elements[index] }
            return value?[step]
        }
    }

    /// Every object that the schemas describe.
    package var objects: [SchemaLocation] {
        documents.keys.sorted().flatMap { objects(in: documents[$0] ?? .null, SchemaLocation($0)) }
    }

    /// Every property that the schemas describe.
    package var properties: [SchemaLocation] {
        objects.flatMap { object in
            (self[object]?["properties"]?.fields?.keys.sorted() ?? []).map { object.appending("properties", $0) }
        }
    }

    private func objects(in schema: JSONValue, _ location: SchemaLocation) -> [SchemaLocation] {
        var found = schema["properties"] == nil ? [] : [location]
        for (name, member) in (schema.fields ?? [:]).sorted(by: { $0.key < $1.key }) {
            found += objects(in: member, location.appending(name))
        }
        for (index, element) in schema.elements.enumerated() { found += objects(in: element, location.appending("\(index)")) }
        return found
    }
}
