/// Why a kind's settings cannot be used.
package struct MainKeySettingsError: Error, Sendable {
    package let message: String

    package init(_ message: String) { self.message = message }
}
