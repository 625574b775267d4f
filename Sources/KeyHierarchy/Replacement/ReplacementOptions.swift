/// How a main key is to be replaced.
package struct ReplacementOptions: Sendable, Hashable {
    /// Only says what would happen.
    package var isDryRun: Bool
    /// The old main key is gone: goes on without its proof.
    package var withoutOld: Bool
    /// Registers a key in a KMS that may not be used yet, and completes the replacement once it answers.
    package var whenGranted: Bool

    package init(isDryRun: Bool = false, withoutOld: Bool = false, whenGranted: Bool = false) {
        self.isDryRun = isDryRun
        self.withoutOld = withoutOld
        self.whenGranted = whenGranted
    }
}
