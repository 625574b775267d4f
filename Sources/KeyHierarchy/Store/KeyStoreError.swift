/// Why the key store did not do what was asked; nothing of the change was kept, unless the code is `.unknownOutcome`.
package struct KeyStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    package struct Code: Hashable, Sendable {
        private enum Value: Hashable, Sendable {
            case exists, missing, stale, wouldLose, damaged, busy, inUse, newer, wrongRootKey, notWritable, failed, unknownOutcome
        }
        private let value: Value

        /// The name is taken.
        package static let exists = Self(value: .exists)
        /// What was named is not there.
        package static let missing = Self(value: .missing)
        /// The change was decided on another revision of the record than there is now: look again, and decide again.
        package static let stale = Self(value: .stale)
        /// Keys would be left without a wrap.
        package static let wouldLose = Self(value: .wouldLose)
        /// A row does not verify, or the file is not a sound database.
        package static let damaged = Self(value: .damaged)
        /// Somebody else reads or writes the store; to be tried again.
        package static let busy = Self(value: .busy)
        /// Another process has the store.
        package static let inUse = Self(value: .inUse)
        /// A newer ekmd wrote the store.
        package static let newer = Self(value: .newer)
        /// The store belongs to another root key.
        package static let wrongRootKey = Self(value: .wrongRootKey)
        /// Read-only, full, or not ours.
        package static let notWritable = Self(value: .notWritable)
        package static let failed = Self(value: .failed)
        /// The store failed in a way that leaves open whether the change was kept, and could not find out.
        package static let unknownOutcome = Self(value: .unknownOutcome)
    }

    package var code: Code
    package var message: String
    package var remedy: String
    /// With `.wouldLose`: how many keys.
    package var count: Int?
    package var underlying: (any Error)?

    package init(_ code: Code, _ message: String, remedy: String, count: Int? = nil, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.count = count
        self.underlying = underlying
    }

    package static func == (a: Self, b: Self) -> Bool { a.code == b.code }

    package var description: String { remedy.isEmpty ? message : "\(message) \(remedy)" }
}
