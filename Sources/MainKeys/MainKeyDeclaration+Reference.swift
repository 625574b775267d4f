package import KeyHierarchy
package import MainKeyDeclarations

extension MainKeyDeclaration {
    /// What the declaration says of a reference that a caller named.
    package func admit(_ reference: MainKeyReference, by rules: ReferenceRules) throws(ReferenceRefusal) -> MainKeyReference {
        var asked = reference.options
        asked[MainKeyReference.givenOption] = nil
        do throws(DeclarationError) {
            var admitted = reference
            admitted.options = try admit(
                key: reference.identifier, options: asked, ownID: rules.ownID, mayChoose: rules.mayChooseID)
            admitted.options[MainKeyReference.givenOption] = reference.identifier
            return admitted
        } catch {
            throw ReferenceRefusal(error.code == .notGranted ? .notGranted : .invalid, error.message, remedy: error.remedy)
        }
    }
}
