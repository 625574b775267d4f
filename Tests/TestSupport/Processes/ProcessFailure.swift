/// What went wrong when a test started, talked to or waited for another process.
package struct ProcessFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
