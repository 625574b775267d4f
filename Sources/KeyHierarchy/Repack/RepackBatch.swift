/// Keys that a repack has to move, in the order of their ids.
package struct RepackBatch: Sendable {
    package struct Item: Sendable {
        package var key: KeyID
        package var kind: KeyKind
        /// All its wraps; none is under the target. Empty where other hands took them: such a key cannot move, and the others can.
        package var wraps: [Wrap]

        package init(key: KeyID, kind: KeyKind, wraps: [Wrap]) {
            self.key = key
            self.kind = kind
            self.wraps = wraps
        }
    }

    package var items: [Item]
    /// Up to where keys were visited; nil when there was none left.
    package var cursor: KeyID?

    package init(items: [Item], cursor: KeyID?) {
        self.items = items
        self.cursor = cursor
    }
}

/// A key's new wrap under a repack's target.
package struct MovedKey: Sendable {
    package var key: KeyID
    package var bytes: [UInt8]

    package init(key: KeyID, bytes: [UInt8]) {
        self.key = key
        self.bytes = bytes
    }
}
