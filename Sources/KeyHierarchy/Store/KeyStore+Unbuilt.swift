/// Stands in until the stores implement it.
extension LifeCycleStore {
    package func environment(_ id: EnvironmentID) async throws(KeyStoreError) -> EnvironmentRecord? { throw .unbuilt }
    package func adopt(_ adoption: Adoption, of environment: EnvironmentID) async throws(KeyStoreError) { throw .unbuilt }
    package func rewrap(_ key: EnvironmentKeyRecord, of environment: EnvironmentID) async throws(KeyStoreError) { throw .unbuilt }
    package func setPending(_ mainKey: MainKeyRecord?, of environment: EnvironmentID) async throws(KeyStoreError) { throw .unbuilt }
    package func setMaterial(_ sealed: [UInt8]?, of mainKey: MainKeyID, in environment: EnvironmentID) async throws(KeyStoreError) {
        throw .unbuilt
    }
    package func setLock(_ lock: EnvironmentLock?, of environment: EnvironmentID) async throws(KeyStoreError) { throw .unbuilt }
    package func setRetention(_ retention: Retention, of environment: EnvironmentID) async throws(KeyStoreError) { throw .unbuilt }
    package func upcomingHourlyKey(of environment: EnvironmentID, for hour: Hour) async throws(KeyStoreError) -> KeyRecord? {
        throw .unbuilt
    }
    package func activateHourlyKey(_ key: KeyID, of environment: EnvironmentID) async throws(KeyStoreError) { throw .unbuilt }
    package func repackBatch(
        of environment: EnvironmentID, to target: EnvironmentKeyVersion, after cursor: KeyID?, limit: Int
    ) async throws(KeyStoreError) -> RepackBatch { throw .unbuilt }
    package func move(
        _ keys: [MovedKey], of environment: EnvironmentID, to target: EnvironmentKeyVersion, cursor: KeyID?
    ) async throws(KeyStoreError) -> RepackRecord { throw .unbuilt }
    package func setRepackState(_ state: RepackRecord.State, of environment: EnvironmentID) async throws(KeyStoreError) { throw .unbuilt }
    package func finishRepack(of environment: EnvironmentID) async throws(KeyStoreError) -> Int { throw .unbuilt }
    package func cancelRepack(of environment: EnvironmentID, at now: WallTime) async throws(KeyStoreError) -> Int { throw .unbuilt }
    package func sweepRetired(of environment: EnvironmentID, limit: Int) async throws(KeyStoreError) -> Bool { throw .unbuilt }
    package func contents(of environment: EnvironmentID, under subject: ErasureRecord.Subject) async throws(KeyStoreError)
        -> EnvironmentContents
    { throw .unbuilt }
    package func beginErasure(_ erasure: ErasureRecord) async throws(KeyStoreError) { throw .unbuilt }
    package func eraseKeys(_ erasure: ErasureID, limit: Int, at now: WallTime) async throws(KeyStoreError) -> [Tombstone] { throw .unbuilt }
    package func purgeLog() async throws(KeyStoreError) { throw .unbuilt }
    package func finishErasure(_ receipt: SignedReceipt) async throws(KeyStoreError) { throw .unbuilt }
    package func openErasures() async throws(KeyStoreError) -> [ErasureRecord] { throw .unbuilt }
    package func tombstones(of erasure: ErasureID, after cursor: KeyID?, limit: Int) async throws(KeyStoreError) -> [Tombstone] {
        throw .unbuilt
    }
    package func tombstone(of key: KeyID, in environment: EnvironmentID) async throws(KeyStoreError) -> Tombstone? { throw .unbuilt }
    package func receipts(of environment: EnvironmentID) async throws(KeyStoreError) -> [SignedReceipt] { throw .unbuilt }
    package func receipt(_ erasure: ErasureID) async throws(KeyStoreError) -> SignedReceipt? { throw .unbuilt }
    package func clockTick() async throws(KeyStoreError) -> ClockTick? { throw .unbuilt }
    package func keep(_ tick: ClockTick) async throws(KeyStoreError) { throw .unbuilt }
}

extension KeyStoreError {
    fileprivate static var unbuilt: Self { Self(.failed, "This store cannot do this yet.", remedy: "Use another.") }
}
