/// Which main key: its kind, and how its provider finds it.
package struct MainKeyReference: Hashable, Sendable {
    /// A kind's raw value stands in the store and in `env show`.
    package struct Kind: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        package static let managed = Kind(rawValue: "managed")
        package static let material = Kind(rawValue: "material")
    }

    package var kind: Kind
    /// What names the key in its KMS, once probed the name that everything is pinned to. Empty for managed and material keys.
    package var identifier: String
    /// What else the kind needs, none of it secret; and under ``givenOption`` what the customer wrote.
    package var options: [String: String]

    /// The option that keeps the key's name as the customer gave it: an alias, for instance, that may name another key later.
    package static let givenOption = "given"

    package init(kind: Kind, identifier: String = "", options: [String: String] = [:]) {
        self.kind = kind
        self.identifier = identifier
        self.options = options
    }

    package static let managed = Self(kind: .managed)
    package static let material = Self(kind: .material)
}
