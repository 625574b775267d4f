internal import Bedrock
internal import Cryptography

extension Keyring {
    /// How many keys one transaction erases: few enough that no request waits long for the store.
    package static let erasedAtOnce = 5_000
    private static let waits = "Nothing is erased by time as long as the wall clock is in doubt"

    /// Erases keys for good: out of memory, out of the store's file and log; then signs a receipt.
    ///
    /// Needs no main key. What a crash or a failure interrupts stays open, and is finished by ``resumeErasures()``.
    /// - Parameters:
    ///   - batch: how many keys go in one transaction.
    ///   - progress: is told how many keys have gone, after each batch.
    /// - Throws: `.clockInDoubt` for what goes by time; `.invalidScope` for a time to come or a malformed id; `.noReceipt` when there
    ///   is nothing to erase; `.storeFailed`.
    package func erase(
        _ subject: ErasureRecord.Subject, of environment: LiveEnvironment, cause: ErasureRecord.Cause,
        batch: Int = erasedAtOnce, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws(HierarchyError) -> SignedReceipt {
        try Self.check(subject, at: believedNow)
        if subject.goesByTime { try requireBelievedClock(Self.waits) }
        guard try await contents(of: environment, under: subject).count > 0 else {
            throw HierarchyError(
                .noReceipt, "Nothing in \(environment.identity.name) falls under this: no key was erased, and there is no receipt.",
                remedy: "Check the time or the connection's id. What was erased before has a receipt: `ekmctl receipt list`.")
        }
        let id: ErasureID
        do { id = try ErasureID.random() } catch { throw HierarchyError(error) }
        let erasure = ErasureRecord(
            id: id, environment: environment.identity.id, subject: subject, cause: cause, startedAt: believedNow)
        try await fromStore(environment) { store throws(KeyStoreError) in try await store.beginErasure(erasure) }
        return try await finish(erasure, of: environment, batch: batch, progress: progress)
    }

    /// How many keys an erasure would take now.
    /// - Throws: as ``erase(_:of:cause:batch:progress:)``, but a clock in doubt does not matter.
    package func previewErasure(
        _ subject: ErasureRecord.Subject, of environment: LiveEnvironment
    ) async throws(HierarchyError) -> EnvironmentContents {
        try Self.check(subject, at: believedNow)
        return try await contents(of: environment, under: subject)
    }

    /// Finishes erasures that a crash or a failure interrupted; at the start, and again now and then. One that fails stays open.
    /// - Returns: their receipts, and why the others are open still.
    package func resumeErasures() async throws(KeyStoreError) -> (done: [SignedReceipt], open: [HierarchyError]) {
        var done: [SignedReceipt] = []
        var open: [HierarchyError] = []
        for erasure in try await store.openErasures() {
            // One that is under way in this process is not interrupted.
            guard let environment = environment(erasure.environment), !erasing.withLock({ $0.contains(erasure.id) }) else { continue }
            do throws(HierarchyError) {
                done.append(try await finish(erasure, of: environment))
            } catch { open.append(error) }
        }
        return (done, open)
    }

    /// Erases what has outlived the environment's retention; does nothing while nothing has.
    /// - Throws: `.clockInDoubt`, `.storeFailed`.
    package func runRetention(of environment: LiveEnvironment) async throws(HierarchyError) -> [SignedReceipt] {
        let retention = environment.withState { $0.record.retention }
        guard retention != Retention() else { return [] }
        try requireBelievedClock(Self.waits)
        let now = believedNow
        let subjects: [ErasureRecord.Subject?] = [
            retention.hours.map { .before(now.advanced(by: .zero - $0)) },
            retention.logs.map { .logs(before: now.advanced(by: .zero - $0)) },
        ]
        var receipts: [SignedReceipt] = []
        for subject in subjects.compactMap({ $0 }) {
            guard try await contents(of: environment, under: subject).count > 0 else { continue }
            receipts.append(try await erase(subject, of: environment, cause: .retention))
        }
        return receipts
    }

    /// The receipts of an environment, oldest first.
    package func receipts(of environment: LiveEnvironment) async throws(HierarchyError) -> [SignedReceipt] {
        do { return try await store.receipts(of: environment.identity.id) } catch { throw HierarchyError(error) }
    }

    /// - Throws: `.noReceipt`.
    package func receipt(_ id: ErasureID) async throws(HierarchyError) -> SignedReceipt {
        let receipt: SignedReceipt?
        do { receipt = try await store.receipt(id) } catch { throw HierarchyError(error) }
        guard let receipt else {
            throw HierarchyError(.noReceipt, "There is no receipt \(id) here.", remedy: "See `ekmctl receipt list`.")
        }
        return receipt
    }

    // MARK: One erasure

    private func finish(
        _ erasure: ErasureRecord, of environment: LiveEnvironment, batch limit: Int = erasedAtOnce,
        progress: @Sendable (Int) -> Void = { _ in }
    ) async throws(HierarchyError) -> SignedReceipt {
        erasing.withLock { _ = $0.insert(erasure.id) }
        defer { erasing.withLock { _ = $0.remove(erasure.id) } }
        var gone = 0
        while true {
            // Judged before each batch: under a clock that went back, keys that encrypt now would fall under the erasure.
            if erasure.subject.goesByTime { try requireBelievedClock(Self.waits) }
            let now = believedNow
            try Self.check(erasure.subject, at: now)
            let batch = try await fromStore(environment) { store throws(KeyStoreError) in
                try await store.eraseKeys(erasure.id, limit: limit, at: now)
            }
            guard !batch.isEmpty else { break }
            dropKeys(Set(batch.map(\.key)), of: environment)
            gone += batch.count
            progress(gone)
        }
        await dropCiphers(of: environment)
        try await fromStore(environment) { store throws(KeyStoreError) in try await store.purgeLog() }

        let builder = try await gather(erasure, of: environment)
        let receipt = builder.receipt(
            for: erasure, of: environment.identity, by: root.publicKey, at: believedNow, inDoubt: clockJudge.state != .believed)
        let document = receipt.document
        let signature: [UInt8]
        do { signature = try unsafe root.signer.sign(document.span.bytes) } catch { throw HierarchyError(error) }
        let signed = SignedReceipt(
            erasure: erasure.id, environment: environment.identity.id, document: document, signature: signature)
        try await fromStore(environment) { store throws(KeyStoreError) in try await store.finishErasure(signed) }
        return signed
    }

    private func gather(_ erasure: ErasureRecord, of environment: LiveEnvironment) async throws(HierarchyError) -> ReceiptBuilder {
        var builder = ReceiptBuilder()
        var cursor: KeyID?
        while true {
            let page = try await fromStore(environment) { [cursor] store throws(KeyStoreError) in
                try await store.tombstones(of: erasure.id, after: cursor, limit: Self.erasedAtOnce)
            }
            guard let last = page.last else { return builder }
            // Again: a batch may have been deleted whose answer never came.
            dropKeys(Set(page.map(\.key)), of: environment)
            builder.add(page)
            cursor = last.key
        }
    }

    /// Ends plaintext copies of keys that are gone from the store, with the data keys under them.
    func dropKeys(_ ids: Set<KeyID>, of environment: LiveEnvironment) {
        let taken = environment.withState { $0.take(erased: ids) }
        for key in taken { key.wipe() }
        if !taken.isEmpty { tell(.dropped(environment.identity.id)) }
    }

    private func contents(
        of environment: LiveEnvironment, under subject: ErasureRecord.Subject
    ) async throws(HierarchyError) -> EnvironmentContents {
        try await fromStore(environment) { store throws(KeyStoreError) in
            try await store.contents(of: environment.identity.id, under: subject)
        }
    }

    private static func check(_ subject: ErasureRecord.Subject, at now: WallTime) throws(HierarchyError) {
        switch subject {
        case .before(let time), .logs(before: let time):
            guard time <= now else {
                throw HierarchyError(
                    .invalidScope,
                    "An erasure goes by a time that has passed; \(time) is still to come (it is \(now)). Nothing was erased.",
                    remedy: "Give a time that has passed.")
            }
        case .connection(let id):
            guard (1...512).contains(id.utf8.count) else {
                throw HierarchyError(
                    .invalidScope, "The id of a connection has 1 to 512 bytes; this one has \(id.utf8.count).",
                    remedy: "Give the id under which the connection's data were encrypted.")
            }
        }
    }
}

extension ErasureRecord.Subject {
    fileprivate var goesByTime: Bool {
        switch self {
        case .before, .logs: true
        case .connection: false
        }
    }
}

extension EnvironmentContents {
    fileprivate var count: Int { hourlyKeys + connectionKeys + logKeys }
}
