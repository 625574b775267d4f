/// `workspace/environment`; each part matches `[a-z0-9][a-z0-9-]{0,62}`.
package struct EnvironmentName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let workspace: String
    package let environment: String

    /// - Throws: `HierarchyError` with `.invalidName`.
    package init(_ text: String) throws(HierarchyError) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isPart(parts[0]), Self.isPart(parts[1]),
            let workspace = String(parts[0]), let environment = String(parts[1])
        else {
            throw HierarchyError(
                .invalidName, "This is not the name of an environment.",
                remedy:
                    "Name it workspace/environment, each part 1 to 63 of a-z, 0-9 and '-', not beginning with '-'; for instance acme/prod.")
        }
        self.workspace = workspace
        self.environment = environment
    }

    package var description: String { "\(workspace)/\(environment)" }

    package static func < (a: Self, b: Self) -> Bool { (a.workspace, a.environment) < (b.workspace, b.environment) }

    private static func isPart(_ part: Substring.UTF8View) -> Bool {
        guard (1...63).contains(part.count), part.first != UInt8(ascii: "-") else { return false }
        return part.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }
}
