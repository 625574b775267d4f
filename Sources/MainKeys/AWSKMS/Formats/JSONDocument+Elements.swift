extension JSONDocument {
    /// One element of an array, as far as its own members are asked for.
    struct Element {
        fileprivate let document: JSONDocument
        fileprivate let index: Int

        func text(_ path: String...) -> String? {
            document.index(of: path, from: index).flatMap { document.text(document.nodes[$0]) }
        }

        func seconds(_ path: String...) -> Int64? {
            document.index(of: path, from: index).flatMap { document.seconds(document.nodes[$0]) }
        }
    }

    /// The elements of the array at `path`, of which there are no more than a document may have values; nil where there is no array.
    func elements(_ path: String...) -> [Element]? {
        guard let array = index(of: path), nodes[array].kind == .array else { return nil }
        return nodes.indices.filter { nodes[$0].parent == array }.map { Element(document: self, index: $0) }
    }
}
