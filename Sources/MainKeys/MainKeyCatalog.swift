package import KeyHierarchy

/// All kinds of main keys that this daemon knows.
package struct MainKeyCatalog: MainKeyProvider {
    private let providers: [MainKeyReference.Kind: any MainKeyProvider]

    package init(_ providers: [MainKeyReference.Kind: any MainKeyProvider]) { self.providers = providers }

    package func mainKey(for record: MainKeyRecord, of environment: EnvironmentIdentity) throws(MainKeyFailure) -> any MainKey {
        guard let provider = providers[record.reference.kind] else {
            throw MainKeyFailure(
                verdict: .unreachable, message: "This ekmd does not know main keys of the kind '\(record.reference.kind.rawValue)'.",
                remedy: "Run the ekmd that set the key up, or a newer one.")
        }
        return try provider.mainKey(for: record, of: environment)
    }

    package func admit(_ reference: MainKeyReference, by rules: ReferenceRules) throws(ReferenceRefusal) -> MainKeyReference {
        guard let provider = providers[reference.kind] else {
            let known = providers.keys.map(\.rawValue).sorted().joined(separator: ", ")
            throw ReferenceRefusal(
                .invalid, "This ekmd does not know main keys of the kind '\(reference.kind.rawValue)'.", remedy: "It knows: \(known).")
        }
        return try provider.admit(reference, by: rules)
    }

    package func isAlive() async -> Bool {
        for provider in providers.values where await !provider.isAlive() { return false }
        return true
    }
}
