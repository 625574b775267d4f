/// One version of a main key's material, as its KMS names it: opaque, stable, never reused.
package struct Generation: Hashable, Sendable, CustomStringConvertible {
    package let name: String

    package init(_ name: String) { self.name = name }

    package var description: String { name }
}
