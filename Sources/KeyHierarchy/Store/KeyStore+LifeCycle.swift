/// What the life of a main key asks of the store; part of ``KeyStore``. Every change is one transaction, durable when the call returns.
package protocol LifeCycleStore: Sendable {
    /// One environment as it is now; nil when there is none.
    func environment(_ id: EnvironmentID) async throws(KeyStoreError) -> EnvironmentRecord?

    // MARK: The main key and the environment key

    /// Makes a new version of the environment key current, with its main key and its repack.
    /// - Throws: `.exists` when there is that version already: another change was first.
    func adopt(_ adoption: Adoption, of environment: EnvironmentID) async throws(KeyStoreError)

    /// Writes a version's `wrapped`, `generation` and `wrappedAt` anew.
    func rewrap(_ key: EnvironmentKeyRecord, of environment: EnvironmentID) async throws(KeyStoreError)

    /// Registers the main key that waits for its grant, or withdraws the one that waits.
    func setPending(_ mainKey: MainKeyRecord?, of environment: EnvironmentID) async throws(KeyStoreError)

    /// Sets a main key's sealed material. Nil destroys it: it is out of the file and the log when the call returns.
    /// - Throws: `.notPurged` where it is destroyed, and its bytes are not gone yet.
    func setMaterial(_ sealed: [UInt8]?, of mainKey: MainKeyID, in environment: EnvironmentID) async throws(KeyStoreError)

    func setLock(_ lock: EnvironmentLock?, of environment: EnvironmentID) async throws(KeyStoreError)

    func setRetention(_ retention: Retention, of environment: EnvironmentID) async throws(KeyStoreError)

    // MARK: Hourly keys

    /// The hourly key that was made ahead for `hour`.
    func upcomingHourlyKey(of environment: EnvironmentID, for hour: Hour) async throws(KeyStoreError) -> KeyRecord?

    /// Makes an upcoming key active, and closes every other active or earlier upcoming one. Does nothing to a key that is neither.
    func activateHourlyKey(_ key: KeyID, of environment: EnvironmentID) async throws(KeyStoreError)

    // MARK: Repack

    /// At most `limit` keys behind `cursor`, in the order of their ids, without those that have a wrap under `target`.
    func repackBatch(
        of environment: EnvironmentID, to target: EnvironmentKeyVersion, after cursor: KeyID?, limit: Int
    ) async throws(KeyStoreError) -> RepackBatch

    /// Adds wraps under the target of the environment's repack, and moves its cursor. A key that was erased meanwhile is left out.
    /// - Throws: `.missing` when that repack is not there any more.
    /// - Returns: the repack as it is now.
    func move(
        _ keys: [MovedKey], of environment: EnvironmentID, to target: EnvironmentKeyVersion, cursor: KeyID?
    ) async throws(KeyStoreError) -> RepackRecord

    /// - Throws: `.missing` when there is no repack.
    func setRepackState(_ state: RepackRecord.State, of environment: EnvironmentID) async throws(KeyStoreError)

    /// Ends the repack, if every live key has a wrap under its target: retires all other versions, whose wrapped bytes go at once.
    /// - Returns: how many keys lack a wrap. Unless it is 0 nothing was ended, and the cursor stands at the beginning again.
    func finishRepack(of environment: EnvironmentID) async throws(KeyStoreError) -> Int

    /// Takes a replacement back, if every live key has a wrap under another version than its target: retires the target, makes
    /// `previous` and its main key current again, and begins a repack to `previous` where keys hang under still other versions.
    /// `replacedAt` stays.
    /// - Returns: how many keys have no other wrap. Unless it is 0 nothing was changed.
    func cancelRepack(of environment: EnvironmentID, at now: WallTime) async throws(KeyStoreError) -> Int

    /// Deletes at most `limit` wraps of retired versions, then the versions and the main keys that nothing names any more.
    /// - Returns: whether there may be more.
    /// - Throws: `.notPurged` where all are deleted, and their bytes are not gone yet.
    func sweepRetired(of environment: EnvironmentID, limit: Int) async throws(KeyStoreError) -> Bool

    // MARK: Erasure

    /// How many keys an erasure would take now, by kind, with the hours that they cover.
    func contents(of environment: EnvironmentID, under subject: ErasureRecord.Subject) async throws(KeyStoreError) -> EnvironmentContents

    /// Keeps the erasure with the keys that it takes, so that it is finished after a crash: those that fall under its subject now,
    /// and none that is made later.
    func beginErasure(_ erasure: ErasureRecord) async throws(KeyStoreError)

    /// Deletes at most `limit` of the keys that an erasure takes, with all their wraps, and keeps a tombstone of each.
    /// - Returns: the keys that went; none when the erasure has nothing left to delete.
    func eraseKeys(_ erasure: ErasureID, limit: Int, at now: WallTime) async throws(KeyStoreError) -> [Tombstone]

    /// Returns when what was deleted before is out of the file and the log.
    /// - Throws: `.notPurged`.
    func purgeLog() async throws(KeyStoreError)

    /// Keeps the receipt; the erasure is open no more.
    func finishErasure(_ receipt: SignedReceipt) async throws(KeyStoreError)

    /// Erasures without a receipt, oldest first.
    func openErasures() async throws(KeyStoreError) -> [ErasureRecord]

    /// Every key that an erasure took, by id; at most `limit` behind `cursor`.
    func tombstones(of erasure: ErasureID, after cursor: KeyID?, limit: Int) async throws(KeyStoreError) -> [Tombstone]

    func tombstone(of key: KeyID, in environment: EnvironmentID) async throws(KeyStoreError) -> Tombstone?

    /// The receipts of an environment, oldest first. They outlive it.
    func receipts(of environment: EnvironmentID) async throws(KeyStoreError) -> [SignedReceipt]

    func receipt(_ erasure: ErasureID) async throws(KeyStoreError) -> SignedReceipt?

    // MARK: The clock

    func clockTick() async throws(KeyStoreError) -> ClockTick?

    func keep(_ tick: ClockTick) async throws(KeyStoreError)
}
