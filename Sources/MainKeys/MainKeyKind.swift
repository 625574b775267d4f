package import KeyHierarchy
package import MainKeyDeclarations

/// A kind of main key that stays in a KMS: what it says of itself, and what makes its keys.
package protocol MainKeyKind: SendableMetatype {
    static var declaration: MainKeyDeclaration { get }

    /// - Parameter settings: of its section of the configuration, those that are set; each was checked by the declaration.
    static func provider(
        settings: [String: String], surroundings: MainKeySurroundings
    ) throws(MainKeySettingsError) -> any MainKeyProvider
}
