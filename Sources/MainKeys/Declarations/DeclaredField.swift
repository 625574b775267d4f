/// One value that a kind of main key takes: how it is called, explained, bounded and judged.
package struct DeclaredField: Sendable {
    /// The most bytes that any value may have.
    package static let largestValue = 2048

    /// As it is typed: `role-arn` behind `--`, `ca_bundle` in the configuration.
    package let name: String
    /// What stands for the value in a usage text.
    package let valueName: String
    /// For `--help`.
    package let help: String
    /// What a value must be, for the one whose value is not; goes on from "must be".
    package let expected: String
    /// In bytes.
    package let limit: Int
    /// The option without which this one means nothing.
    package let needs: String?
    /// Whether the value is the environment's own id, which a caller does not choose.
    package let isOwnID: Bool
    private let isValid: @Sendable (String) -> Bool

    package init(
        _ name: String, valueName: String, help: String = "", expected: String, limit: Int = largestValue, needs: String? = nil,
        isOwnID: Bool = false, isValid: @escaping @Sendable (String) -> Bool = { _ in true }
    ) {
        self.name = name
        self.valueName = valueName
        self.help = help
        self.expected = expected
        self.limit = min(limit, Self.largestValue)
        self.needs = needs
        self.isOwnID = isOwnID
        self.isValid = isValid
    }

    /// Whether a value is one: it is printed where people read, so that it has no control characters, whatever the kind says.
    package func accepts(_ value: String) -> Bool {
        !value.isEmpty && value.utf8.count <= limit && value.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
            && isValid(value)
    }

    func check(_ value: String) throws(DeclarationError) {
        guard !accepts(value) else { return }
        throw DeclarationError(
            .invalid, "The \(name) must be \(expected), of at most \(limit) bytes.", remedy: "Correct it, then try again.")
    }
}
