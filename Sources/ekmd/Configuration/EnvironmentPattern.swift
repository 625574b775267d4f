/// Environments by name: `*` for all, `acme/*` for one workspace's, `acme/prod` for one.
struct EnvironmentPattern: Hashable, Sendable {
    let text: String

    /// Nil where the text is none of the three forms.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isPattern =
            text == "*" || (parts.count == 2 && Self.isPart(parts[0]) && (parts[1].elementsEqual("*".utf8) || Self.isPart(parts[1])))
        guard isPattern else { return nil }
        self.text = text
    }

    /// `[a-z0-9][a-z0-9-]{0,62}`.
    private static func isPart(_ part: Substring.UTF8View) -> Bool {
        guard let first = part.first, first != UInt8(ascii: "-"), part.count <= 63 else { return false }
        return part.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
    }
}
