/// The name that people use, and the id that is bound into every wrap and ciphertext.
package struct EnvironmentIdentity: Hashable, Sendable {
    package let id: EnvironmentID
    package let name: EnvironmentName

    package init(id: EnvironmentID, name: EnvironmentName) {
        self.id = id
        self.name = name
    }
}
