/// Which main key: its kind, and how its provider finds it.
package struct MainKeyReference: Hashable, Sendable {
    /// A kind's raw value stands in the store and in `env show`.
    package struct Kind: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        package static let managed = Kind(rawValue: "managed")
        package static let material = Kind(rawValue: "material")
        package static let awsKMS = Kind(rawValue: "aws-kms")
    }

    package var kind: Kind
    /// AWS KMS: the key ARN that everything is pinned to once probed. Empty for managed and material keys.
    package var identifier: String
    /// What else the provider needs, none of it secret. AWS KMS: `given` (what the customer wrote), `role-arn`, `external-id`.
    package var options: [String: String]

    package init(kind: Kind, identifier: String = "", options: [String: String] = [:]) {
        self.kind = kind
        self.identifier = identifier
        self.options = options
    }

    package static let managed = Self(kind: .managed)
    package static let material = Self(kind: .material)
}
