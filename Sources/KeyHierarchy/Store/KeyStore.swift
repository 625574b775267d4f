/// Where wrapped keys and public facts are kept.
///
/// A change ends as *done* (it returns, durable), as *not done* (it throws, and nothing was kept), or, where the store itself cannot
/// find out, as `.unknownOutcome`; never as any other error that may mean either. What it deletes may still stand in the store's file
/// or log: it says so, and ``purge()`` ends that.
///
/// Rows that decide something are authenticated: one that was changed by other hands throws `.damaged`, or marks its environment as
/// damaged.
package protocol KeyStore: StoreLease {
    // MARK: Environments

    /// All environments, by name, each as of one moment; damaged ones are marked, not left out.
    func environments() async throws(KeyStoreError) -> [EnvironmentRecord]

    /// One environment as it is now; nil when there is none.
    func environment(_ id: EnvironmentID) async throws(KeyStoreError) -> EnvironmentRecord?

    /// Keeps a new environment with its main key and its first environment key, at revision 1.
    /// - Throws: `.exists` when the name is taken.
    func create(_ environment: EnvironmentRecord) async throws(KeyStoreError)

    /// Makes a change that was decided on `revision`.
    /// - Throws: `.stale` when the record has another revision; `.missing` when the environment, main key, version or repack that the
    ///   change speaks of is not there; `.exists` when an adoption's version or generation was there before; `.wouldLose`, with how many,
    ///   when keys would be left without a wrap; `.damaged`; `.unknownOutcome`.
    func apply(_ change: EnvironmentChange, to environment: EnvironmentID, from revision: Revision) async throws(KeyStoreError)
        -> AppliedChange

    /// What changed after `number`, in the order of the changes; at most `limit` entries.
    func feed(after number: UInt64, limit: Int) async throws(KeyStoreError) -> [FeedEntry]

    /// The record, the census and the contents, as of one moment; nil where there is no such environment.
    func overview(of environment: EnvironmentID) async throws(KeyStoreError) -> EnvironmentOverview?

    func contents(of environment: EnvironmentID) async throws(KeyStoreError) -> EnvironmentContents

    /// Deletes at most `limit` rows of environments that were deleted.
    func continueDeletions(limit: Int) async throws(KeyStoreError) -> Sweep

    // MARK: Keys

    /// A key with its wraps; nil when this environment has none of that id, or a tombstone stands in its place.
    func key(_ id: KeyID, of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord?

    /// The key that encrypts in `hour`: born at or after `floor`, and made while the clock was believed; or, `inDoubt`, in the doubt
    /// that lasts, and in no other time: its hours are not those of a clock that is believed.
    func hourlyKey(
        of environment: EnvironmentID, for hour: Hour, floor: EnvironmentKeyVersion, inDoubt: Bool
    ) async throws(KeyStoreError) -> KeyRecord?

    /// The newest version of a connection's key, also where an erasure that is open takes it: it says so then.
    func connectionKey(_ connection: ConnectionID, of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord?

    /// The newest version of the log key.
    func logKey(of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord?

    /// Keeps a new key with its wraps, of which those under retired versions are left out. Keys are never changed; where the same
    /// purpose is served already (the hour, floor and doubt; the connection and version; the log version), nothing is kept. One that
    /// was made in doubt gets the number of the doubt that lasts.
    /// - Throws: `.stale` when the environment's floor is not `key.floor`, or the key was born below it; `.missing` when none of its wraps is under a version that is
    ///   there, or the environment is not; `.exists` when the id was erased.
    /// - Returns: the key that serves the purpose now: `key`, or the one that was there.
    func insert(_ key: KeyRecord) async throws(KeyStoreError) -> KeyRecord

    // MARK: Repack

    /// At most `limit` keys behind `cursor`, in the order of their ids, without those that have a wrap under `target`.
    func repackBatch(
        of environment: EnvironmentID, to target: EnvironmentKeyVersion, after cursor: KeyID?, limit: Int
    ) async throws(KeyStoreError) -> RepackBatch

    /// Adds wraps under the target of the environment's repack, and moves its cursor. A key that was erased meanwhile is left out.
    /// - Throws: `.missing` when that repack is not there any more, or not running.
    /// - Returns: the repack as it is now.
    func move(
        _ keys: [MovedKey], of environment: EnvironmentID, to target: EnvironmentKeyVersion, cursor: KeyID?
    ) async throws(KeyStoreError) -> RepackRecord

    /// Deletes at most `limit` wraps of retired versions, then the versions and the main keys that nothing names any more.
    func sweepRetired(of environment: EnvironmentID, limit: Int) async throws(KeyStoreError) -> Sweep

    // MARK: Erasure

    /// How many keys an erasure would take now, by kind, with the hours that they cover.
    func contents(of environment: EnvironmentID, under subject: ErasureRecord.Subject) async throws(KeyStoreError) -> EnvironmentContents

    /// Deletes at most `limit` of the keys that an open erasure was begun for, with all their wraps, and keeps a tombstone of each.
    /// - Returns: the keys that went; none when the erasure has nothing left to delete.
    func eraseKeys(_ erasure: ErasureID, limit: Int, at now: WallTime) async throws(KeyStoreError) -> [Tombstone]

    /// Keeps the receipt; the erasure is open no more.
    /// - Throws: `.missing` when the erasure is not open, or has keys left to delete.
    func finishErasure(_ receipt: SignedReceipt) async throws(KeyStoreError)

    /// Erasures without a receipt, oldest first.
    func openErasures() async throws(KeyStoreError) -> [ErasureRecord]

    /// Every key that an erasure took, by id; at most `limit` behind `cursor`.
    func tombstones(of erasure: ErasureID, after cursor: KeyID?, limit: Int) async throws(KeyStoreError) -> [Tombstone]

    func tombstone(of key: KeyID, in environment: EnvironmentID) async throws(KeyStoreError) -> Tombstone?

    /// The receipts of an environment, oldest first. They outlive it.
    func receipts(of environment: EnvironmentID) async throws(KeyStoreError) -> [SignedReceipt]

    func receipt(_ erasure: ErasureID) async throws(KeyStoreError) -> SignedReceipt?

    /// Returns when everything that was deleted before the call is out of the file and the log, and has looked.
    /// - Throws: `.busy` as long as somebody else reads the store; nothing is lost, it is to be tried again.
    func purge() async throws(KeyStoreError)

    // MARK: The clock

    /// Ends the doubt that lasts, if there is one: what was made in it counts from `now`.
    func endDoubt(at now: WallTime) async throws(KeyStoreError)

    // MARK: The store itself

    /// Looks at what the store is made of, as far as that takes a moment.
    /// - Returns: what is wrong; nil where nothing is.
    func defect() async throws(KeyStoreError) -> String?
}
