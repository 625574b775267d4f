/// A kind's own section of the daemon's configuration: text values, all of which may be left out.
package struct DeclaredSection: Sendable {
    package let name: String
    package let settings: [DeclaredField]

    package init(_ name: String, settings: [DeclaredField]) {
        self.name = name
        self.settings = settings
    }
}
