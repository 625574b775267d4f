/// Why the key store did not do what was asked; but for ``Code/notPurged``, nothing of the change was kept.
package struct KeyStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    package struct Code: Hashable, Sendable {
        private enum Value: Hashable, Sendable { case exists, missing, damaged, inUse, newer, wrongRootKey, notWritable, notPurged, failed }
        private let value: Value

        /// The name is taken.
        package static let exists = Self(value: .exists)
        /// What was named is not there.
        package static let missing = Self(value: .missing)
        /// A row does not verify, or the file is not a sound database.
        package static let damaged = Self(value: .damaged)
        /// Another process has the store.
        package static let inUse = Self(value: .inUse)
        /// A newer ekmd wrote the store.
        package static let newer = Self(value: .newer)
        /// The store belongs to another root key.
        package static let wrongRootKey = Self(value: .wrongRootKey)
        /// Read-only, full, or not ours.
        package static let notWritable = Self(value: .notWritable)
        /// The change is done, and durable; what it destroyed still stands in the file or its log, until ``LifeCycleStore/purgeLog()``.
        package static let notPurged = Self(value: .notPurged)
        package static let failed = Self(value: .failed)
    }

    package var code: Code
    package var message: String
    package var remedy: String
    package var underlying: (any Error)?

    package init(_ code: Code, _ message: String, remedy: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.underlying = underlying
    }

    package static func == (a: Self, b: Self) -> Bool { a.code == b.code }

    package var description: String { remedy.isEmpty ? message : "\(message) \(remedy)" }
}
