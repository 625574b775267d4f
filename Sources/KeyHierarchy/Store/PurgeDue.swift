/// That something was destroyed, durably, and that its bytes still stand in the log of the store's file.
package struct PurgeDue: Hashable, Sendable {
    /// When the first of it was destroyed.
    package var since: WallTime
    /// What it is, why it is not gone yet, and when it will be: whole sentences.
    package var reason: String

    package init(since: WallTime, reason: String) {
        self.since = since
        self.reason = reason
    }
}
