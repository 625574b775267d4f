/// What one kind of main key in a KMS says of itself, without its code: who names such a key, configures it or prints its policy reads it here.
package struct MainKeyDeclaration: Sendable {
    /// Stands on the wire, in the store and in reports, and is `ekmctl`'s option: `--aws-kms`.
    package let name: String
    /// For a person.
    package let title: String
    /// What names the key itself.
    package let key: DeclaredField
    /// How to get at the key; nothing of it is secret.
    package let options: [DeclaredField]
    /// Its section of the daemon's configuration.
    package let section: DeclaredSection
    /// What the customer must allow; nil for a kind that has no such text.
    package let policy: DeclaredPolicy?

    package init(
        name: String, title: String, key: DeclaredField, options: [DeclaredField], section: DeclaredSection, policy: DeclaredPolicy? = nil
    ) {
        self.name = name
        self.title = title
        self.key = key
        self.options = options
        self.section = section
        self.policy = policy
    }

    /// Whether a key and its options are such as this kind takes: nothing is asked, and nobody's right to them is judged.
    package func check(key given: String, options: [String: String]) throws(DeclarationError) {
        try key.check(given)
        for (name, value) in options {
            guard let option = self.options.first(where: { $0.name == name }) else {
                throw DeclarationError(
                    .invalid, "A key in \(title) has no option '\(name)'.",
                    remedy: "It has: \(self.options.map(\.name).joined(separator: ", ")).")
            }
            try option.check(value)
            if let needed = option.needs, options[needed] == nil {
                throw DeclarationError(.invalid, "The option '\(name)' needs the option '\(needed)'.", remedy: "Give '\(needed)', too.")
            }
        }
    }

    /// The options with which a key is to be kept, of those that a caller gave.
    ///
    /// An id by which the KMS's owner knows the environment is the environment's own: one that a caller could choose would lead to what
    /// another customer opened for themselves.
    /// - Parameters:
    ///   - ownID: the environment's.
    ///   - mayChoose: whether the caller may name another nevertheless.
    package func admit(
        key: String, options: [String: String], ownID: String, mayChoose: Bool
    ) throws(DeclarationError) -> [String: String] {
        try check(key: key, options: options)
        var options = options
        for field in self.options where field.isOwnID {
            if let needed = field.needs, options[needed] == nil { continue }
            guard let given = options[field.name] else {
                options[field.name] = ownID
                continue
            }
            guard given == ownID || mayChoose else {
                throw DeclarationError(
                    .notGranted, "Not granted: the option '\(field.name)' is another than this environment's own.",
                    remedy: "Leave it out. Only who holds allow: [admin] on * may choose another.")
            }
        }
        return options
    }
}
