/// A main key that the customer has not granted yet: it replaces the one in force once it answers.
package struct PendingMainKey: Sendable {
    package var record: MainKeyRecord
    /// Goes on without the old main key's proof, as it was asked for when this one was registered.
    package var withoutOld: Bool

    package init(_ record: MainKeyRecord, withoutOld: Bool) {
        self.record = record
        self.withoutOld = withoutOld
    }
}
