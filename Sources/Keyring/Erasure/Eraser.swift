internal import Bedrock
internal import Cryptography
package import KeyHierarchy

/// Erases keys for good: out of memory, out of the store's file and log; then signs a receipt.
package final class Eraser: Sendable {
    /// How many keys one transaction erases: few enough that no request waits long for the store.
    package static let erasedAtOnce = 5_000
    static let waits = "Nothing is erased by time as long as the wall clock is in doubt"

    private let directory: Keyring
    let records: RecordKeeper
    let judge: ClockJudge
    private let root: RootKey
    /// Erasures that are under way.
    private let underWay = Lock<Set<ErasureID>>([])

    init(directory: Keyring, records: RecordKeeper, judge: ClockJudge, root: RootKey) {
        self.directory = directory
        self.records = records
        self.judge = judge
        self.root = root
    }

    var keeper: LifeKeeper { records.keeper }
    var store: any KeyStore { records.store }

    /// Erases what there is of a subject now.
    ///
    /// Needs no main key. What a crash or a failure interrupts stays open, and is finished by ``resume()``.
    /// - Parameters:
    ///   - batch: how many keys go in one transaction.
    ///   - progress: is told how many keys have gone, after each batch.
    /// - Throws: `.clockInDoubt` for what goes by time; `.invalidScope` for a time to come or a malformed id; `.noReceipt` when there
    ///   is nothing to erase; `.receiptDue` when the keys are erased, and the receipt waits for the store's log; `.storeFailed`.
    package func erase(
        _ subject: ErasureRecord.Subject, of environment: LiveEnvironment, cause: ErasureRecord.Cause,
        batch: Int = erasedAtOnce, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws(HierarchyError) -> SignedReceipt {
        try Self.check(subject, at: judge.believedNow)
        if subject.goesByTime { try judge.requireBelieved(Self.waits) }
        guard try await contents(of: environment, under: subject).keys > 0 else {
            throw HierarchyError(
                .noReceipt, "Nothing in \(environment.identity.name) falls under this: no key was erased, and there is no receipt.",
                remedy: "Check the time or the connection's id. What was erased before has a receipt: `ekmctl receipt list`.")
        }
        let id: ErasureID
        do { id = try ErasureID.random() } catch { throw HierarchyError(error) }
        let erasure = ErasureRecord(
            id: id, environment: environment.identity.id, subject: subject, cause: cause, startedAt: judge.believedNow)
        return try await once(id) { () throws(HierarchyError) in
            try await records.change(environment) { _ in .erase(erasure) }
            keeper.run(.erasing(subject), of: environment)
            do throws(HierarchyError) { return try await finish(erasure, of: environment, batch: batch, progress: progress) } catch {
                guard error.code != .receiptDue else { throw error }
                throw .unfinishedErasure(id, error)
            }
        }
    }

    /// How many keys an erasure would take now.
    /// - Throws: as ``erase(_:of:cause:batch:progress:)``, but a clock in doubt does not matter.
    package func preview(
        _ subject: ErasureRecord.Subject, of environment: LiveEnvironment
    ) async throws(HierarchyError) -> EnvironmentContents {
        try Self.check(subject, at: judge.believedNow)
        return try await contents(of: environment, under: subject)
    }

    /// Finishes erasures that a crash or a failure interrupted; at the start, and again now and then. One that fails stays open. The
    /// day's erasures by retention stay open until their day is over.
    /// - Returns: their receipts, and why the others are open still.
    @discardableResult
    package func resume() async throws(KeyStoreError) -> (done: [SignedReceipt], open: [HierarchyError]) {
        var done: [SignedReceipt] = []
        var open: [HierarchyError] = []
        for erasure in try await store.openErasures() {
            guard let environment = directory.environment(erasure.environment), isOver(erasure) else { continue }
            // One that is under way in this process is not interrupted.
            guard underWay.withLock({ $0.insert(erasure.id).inserted }) else { continue }
            defer { underWay.withLock { _ = $0.remove(erasure.id) } }
            do throws(HierarchyError) {
                done.append(try await finish(erasure, of: environment))
            } catch { open.append(error) }
        }
        return (done, open)
    }

    /// The receipts of an environment, oldest first.
    package func receipts(of environment: LiveEnvironment) async throws(HierarchyError) -> [SignedReceipt] {
        do { return try await store.receipts(of: environment.identity.id) } catch { throw HierarchyError(error) }
    }

    /// - Throws: `.noReceipt`.
    package func receipt(_ id: ErasureID) async throws(HierarchyError) -> SignedReceipt {
        let receipt: SignedReceipt?
        do { receipt = try await store.receipt(id) } catch { throw HierarchyError(error) }
        guard let receipt else { throw .noReceipt(id) }
        return receipt
    }

    /// An erasure that has begun, and has no receipt yet.
    package func openErasure(_ id: ErasureID) async throws(HierarchyError) -> ErasureRecord? {
        do { return try await store.openErasures().first { $0.id == id } } catch { throw HierarchyError(error) }
    }

    // MARK: One erasure

    func once<R: Sendable>(_ id: ErasureID, _ body: () async throws(HierarchyError) -> R) async throws(HierarchyError) -> R {
        underWay.withLock { _ = $0.insert(id) }
        defer { underWay.withLock { _ = $0.remove(id) } }
        return try await body()
    }

    func isUnderWay(_ id: ErasureID) -> Bool { underWay.withLock { $0.contains(id) } }

    /// Deletes the keys that the erasure was begun for.
    func eraseKeys(
        _ erasure: ErasureRecord, of environment: LiveEnvironment, batch limit: Int = erasedAtOnce,
        progress: @Sendable (Int) -> Void = { _ in }
    ) async throws(HierarchyError) {
        var gone = 0
        while true {
            let now = judge.believedNow
            let batch: [Tombstone]
            do throws(HierarchyError) {
                batch = try await keeper.fromStore(environment) { () throws(KeyStoreError) in
                    try await store.eraseKeys(erasure.id, limit: limit, at: now)
                }
            } catch {
                // How many went nobody knows.
                environment.withState { $0.connectionKeys = nil }
                throw error
            }
            guard !batch.isEmpty else { return }
            let connections = batch.count { $0.kind == .connection }
            environment.withState { $0.connectionKeys? -= connections }
            records.notePurgeDue()
            forget(batch, of: environment)
            gone += batch.count
            progress(gone)
        }
    }

    private func forget(_ erased: [Tombstone], of environment: LiveEnvironment) {
        keeper.run(.erased(Set(erased.map(\.key))), of: environment)
        // They may have been all that a repack waited for.
        environment.withState { $0.repackProgress.goesOn() }
    }

    private func finish(
        _ erasure: ErasureRecord, of environment: LiveEnvironment, batch: Int = erasedAtOnce,
        progress: @Sendable (Int) -> Void = { _ in }
    ) async throws(HierarchyError) -> SignedReceipt {
        try await eraseKeys(erasure, of: environment, batch: batch, progress: progress)
        let builder = try await gather(erasure, of: environment)
        await keeper.dropCiphers(of: environment)
        // Whether this process knows of it or not: a crash may have come between the deletion and its purge.
        if let due = await records.purge(after: "The keys are erased") { throw .receiptDue(erasure.id, due) }
        let receipt = builder.receipt(
            for: erasure, of: environment.identity, by: root.publicKey, at: judge.believedNow, inDoubt: judge.state != .believed)
        let document = receipt.document
        let signature: [UInt8]
        do { signature = try unsafe root.signer.sign(document.span.bytes) } catch { throw HierarchyError(error) }
        let signed = SignedReceipt(
            erasure: erasure.id, environment: environment.identity.id, document: document, signature: signature)
        try await keep(signed, of: environment)
        return signed
    }

    private func keep(_ receipt: SignedReceipt, of environment: LiveEnvironment) async throws(HierarchyError) {
        do throws(KeyStoreError) { try await store.finishErasure(receipt) } catch {
            // It may have been kept: then it can be read, and is the same.
            guard error.code == .unknownOutcome, let kept = try? await store.receipt(receipt.erasure), kept == receipt else {
                return try await keeper.fromStore(environment) { () throws(KeyStoreError) in throw error }
            }
        }
    }

    private func gather(_ erasure: ErasureRecord, of environment: LiveEnvironment) async throws(HierarchyError) -> ReceiptBuilder {
        var builder = ReceiptBuilder()
        var cursor: KeyID?
        while true {
            let page = try await keeper.fromStore(environment) { [cursor] () throws(KeyStoreError) in
                try await store.tombstones(of: erasure.id, after: cursor, limit: Self.erasedAtOnce)
            }
            guard let last = page.last else { return builder }
            // Again: a batch may have been deleted whose answer never came.
            forget(page, of: environment)
            builder.add(page)
            cursor = last.key
        }
    }

    func contents(
        of environment: LiveEnvironment, under subject: ErasureRecord.Subject
    ) async throws(HierarchyError) -> EnvironmentContents {
        try await keeper.fromStore(environment) { () throws(KeyStoreError) in
            try await store.contents(of: environment.identity.id, under: subject)
        }
    }

    static func check(_ subject: ErasureRecord.Subject, at now: WallTime) throws(HierarchyError) {
        switch subject {
        case .before(let time), .logs(before: let time):
            guard time <= now else {
                throw HierarchyError(
                    .invalidScope,
                    "An erasure goes by a time that has passed; \(time) is still to come (it is \(now)). Nothing was erased.",
                    remedy: "Give a time that has passed.")
            }
        case .connection(let id):
            guard id.isOfProperSize else {
                throw HierarchyError(
                    .invalidScope, "The id of a connection has 1 to 512 bytes; this one has \(id.text.utf8.count).",
                    remedy: "Give the id under which the connection's data were encrypted.")
            }
        }
    }
}

extension ErasureRecord.Subject {
    var goesByTime: Bool {
        switch self {
        case .before, .logs: true
        case .connection: false
        }
    }
}

extension EnvironmentContents {
    var keys: Int { hourlyKeys + connectionKeys + logKeys }
}

extension HierarchyError {
    fileprivate static func unfinishedErasure(_ erasure: ErasureID, _ error: HierarchyError) -> Self {
        Self(
            .receiptDue, "The erasure \(erasure) was begun, and cannot be taken back; but it could not be finished yet: \(error.message)",
            remedy: "\(error.remedy) ekmd finishes it by itself then; see `ekmctl receipt show \(erasure)`.")
    }

    package static func receiptToCome(_ erasure: ErasureRecord) -> Self {
        Self(
            .receiptDue,
            "The erasure \(erasure.id) began at \(erasure.startedAt), and nothing opens what its keys encrypted; its receipt is still to come.",
            remedy: erasure.cause == .retention
                ? "What retention ends has one receipt for a day (UTC): look again once that is over."
                : "It comes once the last keys and the store's log are emptied: look again in a minute. `ekmctl status` says what it waits for."
        )
    }

    package static func noReceipt(_ id: ErasureID) -> Self {
        Self(.noReceipt, "There is no receipt \(id) here.", remedy: "See `ekmctl receipt list`.")
    }

    static func receiptDue(_ erasure: ErasureID, _ due: PurgeDue) -> Self {
        Self(
            .receiptDue, "\(due.reason) Nothing opens what they encrypted; the receipt \(erasure) waits for that.",
            remedy: "See `ekmctl receipt show \(erasure)` then.")
    }
}
