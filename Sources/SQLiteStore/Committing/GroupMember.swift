internal import GRDB
internal import KeyHierarchy

/// A transaction that waits for others to share a commit with.
protocol GroupMember: Sendable {
    /// Runs within a transaction; what fails is taken back, and no reason for the others to fail.
    /// - Throws: Where the transaction is not there any more.
    func run(_ database: Database) throws

    /// Answers without running it: nothing can be kept now.
    func refuse(_ error: KeyStoreError)

    /// Runs in a transaction of its own, and answers.
    func runAlone(_ database: Database)

    /// Once the commit has failed: looks whether what it did is there all the same, and is missing otherwise.
    func settle(_ database: Database) throws -> Bool

    /// Whether it is to be run again, alone.
    var isMissing: Bool { get }

    /// Once the transaction is committed.
    func answer()

    /// Once nobody knows whether it is: what failed in it is not kept for certain.
    func answerUnknown(_ error: KeyStoreError)
}
