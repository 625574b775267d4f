import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("An erasure that was interrupted")
struct ErasureResumptionTests {
    static let failure = KeyStoreError(.notWritable, "The disk is full.", remedy: "")

    private static let batch = 20

    /// A connection with so many versions that they go in three batches.
    private func connection(_ name: ConnectionID, in environment: LiveEnvironment, of store: InMemoryKeyStore) async throws -> Int {
        let versions: UInt32 = 45
        for version in 1...versions {
            let key = KeyRecord(
                id: try KeyID.random(), environment: environment.identity.id, purpose: .connection(name, version: version),
                createdAt: Stamp(WallTime(seconds: 1_795_429_200)), wraps: [Wrap(version: .first, bytes: [0])])
            _ = try await store.insert(key)
        }
        return Int(versions)
    }

    @Test(
        "it is finished by the next round, with one receipt over all its keys",
        arguments: ["eraseKeys", "purge", "tombstones", "finishErasure"])
    func resumed(operation: String) async throws {
        // The keys are gone, and only the receipt waits, where the store cannot be rid of their bytes yet.
        let failure = HierarchyError(.receiptDue)
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        let held = try await fixture.hierarchies.fetcher.encryptionKey(for: .connection("crm"), of: environment)
        _ = try await fixture.hours(2, in: environment)
        fixture.store.fail(operation, with: Self.failure)
        await #expect(throws: failure) { try await fixture.erase(.connection("crm"), of: environment) }
        #expect(fixture.isHeld(held) == false || operation == "eraseKeys")
        #expect(try await fixture.hierarchies.eraser.resume().open == [HierarchyError(operation == "purge" ? .receiptDue : .storeFailed)])

        fixture.store.fail(operation, with: nil)
        // As after a crash: others on the same store.
        let again = try await fixture.base.restarted()
        let (done, open) = try await again.eraser.resume()
        #expect(open.isEmpty)
        #expect(done.count == 1)
        #expect(try fixture.read(done[0]).keys.connection == 1)
        #expect(try await fixture.store.openErasures().isEmpty)
        #expect(try await again.eraser.resume().done.isEmpty)
        #expect(try await again.eraser.receipts(of: environment) == done)
    }

    @Test(
        "it takes no key that was made since it began, and what such a key encrypted stays",
        arguments: ["eraseKeys", "purge", "finishErasure"])
    func later(operation: String) async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        let old = try await fixture.base.encrypt("old", .connection("crm"), in: environment)
        fixture.store.fail(operation, with: Self.failure)
        await #expect(throws: HierarchyError(.receiptDue)) {
            try await fixture.erase(.connection("crm"), of: environment)
        }
        let new = try await fixture.base.encrypt("new", .connection("crm"), in: environment)
        fixture.store.fail(operation, with: nil)
        #expect(try await fixture.hierarchies.eraser.resume().done.map { try fixture.read($0).keys.connection } == [1])
        #expect(try await fixture.base.decrypt(new) == "new")
        await #expect(throws: HierarchyError(.erased)) { try await fixture.base.decrypt(old) }
    }

    @Test("it takes no hour that a clock which went back made since it began")
    func laterHour() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        _ = try await fixture.hours(2, in: environment)
        let time = fixture.now
        fixture.store.fail("purge", with: Self.failure)
        await #expect(throws: HierarchyError(.receiptDue)) { try await fixture.erase(.before(time), of: environment) }
        fixture.store.fail("purge", with: nil)
        fixture.base.wallClock.advance(by: .seconds(-5 * 3600))
        try await fixture.judge.accept()
        let envelope = try await fixture.base.encrypt("early", .event, in: environment)
        fixture.base.wallClock.advance(by: .seconds(5 * 3600))
        try await fixture.judge.accept()
        #expect(try await fixture.hierarchies.eraser.resume().done.map { try fixture.read($0).keys.hourly } == [2])
        #expect(try await fixture.base.decrypt(envelope) == "early")
    }

    @Test("what went before the interruption stands in the receipt too")
    func counted() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        let versions = try await connection("crm", in: environment, of: fixture.store)
        let store = fixture.store
        await #expect(throws: HierarchyError(.receiptDue)) {
            try await fixture.hierarchies.eraser.erase(.connection("crm"), of: environment, cause: .command, batch: Self.batch) { gone in
                #expect(gone == Self.batch)
                store.fail("eraseKeys", with: Self.failure)
            }
        }
        #expect(fixture.keys(of: environment).count == versions - Self.batch)
        store.fail("eraseKeys", with: nil)
        let done = try await fixture.hierarchies.eraser.resume().done
        #expect(try done.map { try fixture.read($0).keys.connection } == [versions])
        #expect(fixture.keys(of: environment).isEmpty)
    }

    @Test(
        "what it takes opens for nobody from its beginning on, in memory or after a restart, though nothing could be deleted yet",
        arguments: [false, true])
    func begun(goesByTime: Bool) async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        let scope: Scope = goesByTime ? .event : .connection(ConnectionID("crm"))
        let envelope = try await fixture.base.encrypt("text", scope, in: environment)
        if goesByTime { await fixture.pass(.seconds(3600)) }
        #expect(try await fixture.base.decrypt(envelope) == "text")
        fixture.store.fail("eraseKeys", with: Self.failure)
        let subject: ErasureRecord.Subject = goesByTime ? .before(fixture.now) : .connection(ConnectionID("crm"))
        await #expect(throws: HierarchyError(.receiptDue)) { try await fixture.erase(subject, of: environment) }
        await #expect(throws: HierarchyError(.erased)) { try await fixture.base.decrypt(envelope) }
        let again = try await fixture.base.restarted()
        let header = try EnvelopeHeader(parsing: envelope.span.bytes)
        let reloaded = try #require(again.keyring.environment(environment.identity.name))
        await #expect(throws: HierarchyError(.erased)) {
            try await again.fetcher.decryptionKey(for: header, envelope: envelope, of: reloaded)
        }
        // What is encrypted since lives on.
        let later = try await fixture.base.encrypt("later", scope, in: environment)
        let open = try #require(try await fixture.store.openErasures().first)
        #expect(try await fixture.hierarchies.eraser.openErasure(open.id) == open)
        fixture.store.fail("eraseKeys", with: nil)
        #expect(try await fixture.hierarchies.eraser.resume().done.count == 1)
        #expect(try await fixture.hierarchies.eraser.openErasure(open.id) == nil)
        await #expect(throws: HierarchyError(.erased)) { try await fixture.base.decrypt(envelope) }
        #expect(try await fixture.base.decrypt(later) == "later")
    }

    @Test("a clock that jumps between two batches changes nothing: what it takes was fixed when it began")
    func jump() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        for hour in 0..<30 {
            let key = KeyRecord(
                id: try KeyID.random(), environment: environment.identity.id,
                purpose: .hourly(Hour(number: 400_000 + UInt32(hour))),
                createdAt: Stamp(Hour(number: 400_000 + UInt32(hour)).start), wraps: [Wrap(version: .first, bytes: [0])])
            _ = try await fixture.store.insert(key)
        }
        let wallClock = fixture.base.wallClock
        let signed = try await fixture.hierarchies.eraser.erase(
            .before(fixture.now), of: environment, cause: .command, batch: Self.batch
        ) { _ in wallClock.advance(by: .seconds(-86_400)) }
        let receipt = try fixture.read(signed)
        #expect(receipt.keys.hourly == 30 && receipt.clock == "in doubt")
        #expect(fixture.keys(of: environment).isEmpty)
    }

    @Test("under an accepted clock that went back it takes what it was begun for, and no key that encrypts now")
    func accepted() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        _ = try await fixture.hours(2, in: environment)
        fixture.store.fail("eraseKeys", with: Self.failure)
        let time = fixture.now
        await #expect(throws: HierarchyError(.receiptDue)) { try await fixture.erase(.before(time), of: environment) }
        fixture.store.fail("eraseKeys", with: nil)
        fixture.base.wallClock.advance(by: .seconds(-5 * 3600))
        try await fixture.judge.accept()
        let envelope = try await fixture.base.encrypt("early", .event, in: environment)
        #expect(try await fixture.hierarchies.eraser.resume().done.map { try fixture.read($0).keys.hourly } == [2])
        #expect(try await fixture.base.decrypt(envelope) == "early")
        #expect(fixture.keys(of: environment).count == 1)
    }

    @Test("progress is told after each batch")
    func progress() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        let versions = try await connection("crm", in: environment, of: fixture.store)
        let told = Guarded<[Int]>([])
        let signed = try await fixture.hierarchies.eraser.erase(.connection("crm"), of: environment, cause: .command, batch: Self.batch) {
            gone in
            told.with { $0.append(gone) }
        }
        #expect(told.with { $0 } == [Self.batch, 2 * Self.batch, versions])
        #expect(try fixture.read(signed).keys.connection == versions)
    }
}
