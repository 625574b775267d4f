import KeyHierarchy
import TestSupport
import Testing

@Suite("An erasure that was interrupted")
struct ErasureResumptionTests {
    static let failure = KeyStoreError(.notWritable, "The disk is full.", remedy: "")

    private static let batch = 20

    /// A connection with so many versions that they go in three batches.
    private func connection(_ name: String, in environment: LiveEnvironment, of store: InMemoryKeyStore) async throws -> Int {
        let versions: UInt32 = 45
        for version in 1...versions {
            let key = KeyRecord(
                id: try KeyID.random(), environment: environment.identity.id, purpose: .connection(name, version: version),
                createdAt: WallTime(seconds: 1_795_429_200), wraps: [Wrap(version: .first, bytes: [0])])
            _ = try await store.insert(key)
        }
        return Int(versions)
    }

    @Test(
        "it is finished by the next round, with one receipt over all its keys",
        arguments: ["eraseKeys", "purgeLog", "tombstones", "finishErasure"])
    func resumed(operation: String) async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        let held = try await fixture.keyring.encryptionKey(for: .connection("crm"), of: environment)
        _ = try await fixture.hours(2, in: environment)
        fixture.store.fail(operation, with: Self.failure)
        await #expect(throws: HierarchyError(.storeFailed)) { try await fixture.erase(.connection("crm"), of: environment) }
        #expect(fixture.isHeld(held) == false || operation == "eraseKeys")
        #expect(try await fixture.keyring.resumeErasures().open == [HierarchyError(.storeFailed)])

        fixture.store.fail(operation, with: nil)
        // As after a crash: another keyring on the same store.
        let again = Keyring(
            store: fixture.store, provider: fixture.base.keys, root: fixture.keyring.root, clock: fixture.base.clock,
            wallClock: fixture.base.wallClock)
        try await again.load()
        let (done, open) = try await again.resumeErasures()
        #expect(open.isEmpty)
        #expect(done.count == 1)
        #expect(try fixture.read(done[0]).keys.connection == 1)
        #expect(try await fixture.store.openErasures().isEmpty)
        #expect(try await again.resumeErasures().done.isEmpty)
        #expect(try await again.receipts(of: environment) == done)
    }

    @Test("it takes no key that was made since it began, and what such a key encrypted stays", arguments: ["purgeLog", "finishErasure"])
    func later(operation: String) async throws {
        let bench = try await ErasureBench()
        let environment = try await bench.bench.warmEnvironment("acme/prod")
        let old = try await bench.bench.encrypt("old", .connection("crm"), in: environment)
        bench.store.fail(operation, with: Self.failure)
        await #expect(throws: HierarchyError(.storeFailed)) { try await bench.erase(.connection("crm"), of: environment) }
        let new = try await bench.bench.encrypt("new", .connection("crm"), in: environment)
        bench.store.fail(operation, with: nil)
        #expect(try await bench.keyring.resumeErasures().done.map { try bench.read($0).keys.connection } == [1])
        #expect(try await bench.bench.decrypt(new) == "new")
        await #expect(throws: HierarchyError(.erased)) { try await bench.bench.decrypt(old) }
    }

    @Test("it takes no hour that a clock which went back made since it began")
    func laterHour() async throws {
        let bench = try await ErasureBench()
        let environment = try await bench.bench.warmEnvironment("acme/prod")
        _ = try await bench.hours(2, in: environment)
        let time = bench.now
        bench.store.fail("purgeLog", with: Self.failure)
        await #expect(throws: HierarchyError(.storeFailed)) { try await bench.erase(.before(time), of: environment) }
        bench.store.fail("purgeLog", with: nil)
        bench.bench.wallClock.advance(by: .seconds(-5 * 3600))
        try await bench.judge.accept()
        let envelope = try await bench.bench.encrypt("early", .event, in: environment)
        bench.bench.wallClock.advance(by: .seconds(5 * 3600))
        try await bench.judge.accept()
        #expect(try await bench.keyring.resumeErasures().done.map { try bench.read($0).keys.hourly } == [2])
        #expect(try await bench.bench.decrypt(envelope) == "early")
    }

    @Test("what went before the interruption stands in the receipt too")
    func counted() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        let versions = try await connection("crm", in: environment, of: fixture.store)
        let store = fixture.store
        await #expect(throws: HierarchyError(.storeFailed)) {
            try await fixture.keyring.erase(.connection("crm"), of: environment, cause: .command, batch: Self.batch) { gone in
                #expect(gone == Self.batch)
                store.fail("eraseKeys", with: Self.failure)
            }
        }
        #expect(fixture.keys(of: environment).count == versions - Self.batch)
        store.fail("eraseKeys", with: nil)
        let done = try await fixture.keyring.resumeErasures().done
        #expect(try done.map { try fixture.read($0).keys.connection } == [versions])
        #expect(fixture.keys(of: environment).isEmpty)
    }

    @Test("a clock that jumps between two batches stops it, until the clock is right again")
    func jump() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        for hour in 0..<30 {
            let key = KeyRecord(
                id: try KeyID.random(), environment: environment.identity.id,
                purpose: .hourly(HourlyKey(hour: Hour(number: 400_000 + UInt32(hour)), state: .inactive)),
                createdAt: Hour(number: 400_000 + UInt32(hour)).start, wraps: [Wrap(version: .first, bytes: [0])])
            _ = try await fixture.store.insert(key)
        }
        let wallClock = fixture.base.wallClock
        await #expect(throws: HierarchyError(.clockInDoubt)) {
            try await fixture.keyring.erase(.before(fixture.now), of: environment, cause: .command, batch: Self.batch) { _ in
                wallClock.advance(by: .seconds(-86_400))
            }
        }
        #expect(fixture.keys(of: environment).count == 10)
        #expect(try await fixture.keyring.resumeErasures().open == [HierarchyError(.clockInDoubt)])
        wallClock.advance(by: .seconds(86_400))
        #expect(try await fixture.keyring.resumeErasures().done.count == 1)
        #expect(fixture.keys(of: environment).isEmpty)
    }

    @Test("under an accepted clock that went back it takes no key that encrypts now: it waits for its time")
    func accepted() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        _ = try await fixture.hours(2, in: environment)
        fixture.store.fail("eraseKeys", with: Self.failure)
        let time = fixture.now
        await #expect(throws: HierarchyError(.storeFailed)) { try await fixture.erase(.before(time), of: environment) }
        fixture.store.fail("eraseKeys", with: nil)
        fixture.base.wallClock.advance(by: .seconds(-5 * 3600))
        try await fixture.judge.accept()
        let envelope = try await fixture.base.encrypt("early", .event, in: environment)
        #expect(try await fixture.keyring.resumeErasures().open == [HierarchyError(.invalidScope)])
        #expect(try await fixture.base.decrypt(envelope) == "early")
        #expect(fixture.keys(of: environment).count == 3)
    }

    @Test("progress is told after each batch")
    func progress() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        let versions = try await connection("crm", in: environment, of: fixture.store)
        let told = Guarded<[Int]>([])
        let signed = try await fixture.keyring.erase(.connection("crm"), of: environment, cause: .command, batch: Self.batch) { gone in
            told.with { $0.append(gone) }
        }
        #expect(told.with { $0 } == [Self.batch, 2 * Self.batch, versions])
        #expect(try fixture.read(signed).keys.connection == versions)
    }
}
