/// Where something stands in the schemas: a document, and a JSON pointer in it (RFC 6901).
package struct SchemaLocation: Hashable, Sendable, CustomStringConvertible {
    package let document: String
    package let pointer: [String]

    package init(_ document: String, _ pointer: [String] = []) {
        self.document = document
        self.pointer = pointer
    }

    package var description: String { "\(document)#" + pointer.map { "/" + $0 }.joined() }

    func appending(_ steps: String...) -> Self { Self(document, pointer + steps) }

    /// What a `$ref` at this place means: `#`, `#/$defs/x`, or the same behind the name of another file.
    func resolving(_ reference: String) -> Self? {
        let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        guard let file = parts.first else { return nil }
        let pointer = parts.count > 1 ? parts[1].split(separator: "/").map(String.init) : []
        return Self(file.isEmpty ? document : String(file), pointer)
    }
}
