/// For whom a main key is named, and what its caller may say of it.
package struct ReferenceRules: Sendable {
    /// By which the owner of a KMS knows the environment: no caller can make it up.
    package let ownID: String
    /// Whether the caller may have the daemon use another id than the environment's own.
    package let mayChooseID: Bool

    package init(ownID: String, mayChooseID: Bool) {
        self.ownID = ownID
        self.mayChooseID = mayChooseID
    }
}
