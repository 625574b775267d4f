import Bedrock
import Cryptography
import Foundation
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("Erasure")
struct ErasureTests {
    @Test("hours before a time are erased: out of the store, out of memory, and the rest stays")
    func hours() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        let crm = try await fixture.base.encrypt("crm", .connection("crm"), in: environment)
        let envelopes = try await fixture.hours(6, in: environment)
        // Warm again: the deadline came between the hours.
        for envelope in envelopes { _ = try await fixture.base.decrypt(envelope) }
        let time = WallTime(seconds: fixture.now.hour.start.seconds - 3 * 3600)
        let receipt = try await fixture.erase(.before(time), of: environment)

        #expect(receipt.keys.hourly == 3)
        #expect(receipt.keys.count == 3)
        for (hour, envelope) in envelopes.enumerated() {
            if hour < 3 {
                await #expect(throws: HierarchyError(.erased)) { try await fixture.base.decrypt(envelope) }
            } else {
                #expect(try await fixture.base.decrypt(envelope) == "hour \(hour)")
            }
        }
        #expect(try await fixture.base.decrypt(crm) == "crm")
        #expect(try await fixture.store.openErasures().isEmpty)
    }

    @Test("an erased key, and the data keys under it, are wiped at once, whoever still holds them")
    func wiped() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        let event = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        let job = try await fixture.hierarchies.fetcher.encryptionKey(for: .job("42"), of: environment)
        let envelope = try await fixture.base.encrypt("job", .job("43"), in: environment)
        let header = try EnvelopeHeader(parsing: envelope.span.bytes)
        let opened = try await fixture.hierarchies.fetcher.decryptionKey(for: header, envelope: envelope, of: environment)
        let log = try await fixture.hierarchies.fetcher.encryptionKey(for: .log, of: environment)
        // Into the next hour, well within the deadline.
        fixture.base.wallClock.set(WallTime(seconds: fixture.now.hour.start.seconds + 3600))
        try await fixture.judge.accept()
        _ = try await fixture.erase(.before(fixture.now), of: environment)
        for key in [event, job, opened] { #expect(!fixture.isHeld(key)) }
        #expect(fixture.isHeld(log))
        #expect(fixture.base.events.withLock { $0.last } == "dropped")
        #expect(environment.decryptionKey(for: header, envelope: envelope.span.bytes, at: fixture.base.clock.now) == nil)
        await #expect(throws: HierarchyError(.erased)) { try await fixture.base.decrypt(envelope) }
    }

    @Test("the key of the hour that runs is not erased, even with a time of now")
    func running() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        let envelopes = try await fixture.hours(2, in: environment) + [try await fixture.base.encrypt("now", .event, in: environment)]
        #expect(try await fixture.erase(.before(fixture.now), of: environment).keys.hourly == 2)
        #expect(try await fixture.base.decrypt(envelopes[2]) == "now")
    }

    @Test("a connection is erased in all its versions, and gets a new key when it is used again")
    func connection() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        let crm = try await fixture.base.encrypt("crm", .connection("crm"), in: environment)
        let other = try await fixture.base.encrypt("other", .connection("other"), in: environment)
        let held = try await fixture.hierarchies.fetcher.encryptionKey(for: .connection("crm"), of: environment)
        let receipt = try await fixture.erase(.connection("crm"), of: environment)
        #expect(receipt.subject.kind == "connection")
        #expect(receipt.subject.connection == "crm")
        #expect(receipt.keys.connection == 1)
        #expect(!fixture.isHeld(held))
        await #expect(throws: HierarchyError(.erased)) { try await fixture.base.decrypt(crm) }
        #expect(try await fixture.base.decrypt(other) == "other")
        let again = try await fixture.base.encrypt("again", .connection("crm"), in: environment)
        #expect(try await fixture.base.decrypt(again) == "again")
    }

    @Test("what is refused touches nothing: a time to come, a malformed id, nothing to erase")
    func refused() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        _ = try await fixture.hours(2, in: environment)
        let keys = fixture.keys(of: environment)
        let future = fixture.now.advanced(by: .seconds(1))
        for (subject, code) in [
            (ErasureRecord.Subject.before(future), HierarchyError.Code.invalidScope), (.logs(before: future), .invalidScope),
            (.connection(""), .invalidScope), (.connection(ConnectionID(String(repeating: "x", count: 513))), .invalidScope),
            (.connection("nobody"), .noReceipt), (.before(WallTime(seconds: 0)), .noReceipt),
        ] {
            await #expect(throws: HierarchyError(code)) { try await fixture.erase(subject, of: environment) }
        }
        #expect(fixture.keys(of: environment) == keys)
        #expect(fixture.store.calls("erase") == 0)
    }

    @Test("a preview counts and erases nothing")
    func preview() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        _ = try await fixture.hours(4, in: environment)
        let contents = try await fixture.hierarchies.eraser.preview(.before(fixture.now), of: environment)
        #expect(contents.hourlyKeys == 4)
        #expect(fixture.keys(of: environment).count == 4)
    }

    @Test("no main key is needed: it works while the environment is locked or revoked")
    func withoutMainKey() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        _ = try await fixture.hours(2, in: environment)
        let decrypts = fixture.base.keys.decrypts(environment.identity.name)
        fixture.base.keys.answer(
            .failure(MainKeyFailure(verdict: .revoked, message: "The key is disabled.", remedy: "Enable it.")),
            for: environment.identity.name)
        await fixture.pass(.seconds(3600))
        try await fixture.hierarchies.environments.lock(environment, reason: "a leak")
        #expect(try await fixture.erase(.before(fixture.now), of: environment).keys.hourly == 2)
        #expect(fixture.base.keys.decrypts(environment.identity.name) == decrypts)
    }

    @Test("an environment has so many connection keys and no more, also after a restart; what is erased gives room")
    func quota() async throws {
        let fixture = try KeyringFixture(KeyringSettings(connectionKeys: 3))
        try await fixture.hierarchies.load()
        let environment = try await fixture.warmEnvironment("acme/prod")
        for name in ["a", "b", "c", "a"] { _ = try await fixture.encrypt("x", .connection(ConnectionID(name)), in: environment) }
        await #expect(throws: HierarchyError(.limitReached)) { try await fixture.encrypt("x", .connection("d"), in: environment) }
        // Others are made, and what is there goes on.
        for scope in everyScope.filter({ $0 != .connection("crm") }) { _ = try await fixture.encrypt("x", scope, in: environment) }
        let again = try await fixture.restarted()
        let reloaded = try #require(again.keyring.environment(environment.identity.name))
        await #expect(throws: HierarchyError(.limitReached)) { try await again.fetcher.encryptionKey(for: .connection("d"), of: reloaded) }
        _ = try await fixture.hierarchies.eraser.erase(.connection("b"), of: environment, cause: .command)
        _ = try await fixture.encrypt("x", .connection("d"), in: environment)
        await #expect(throws: HierarchyError(.limitReached)) { try await fixture.encrypt("x", .connection("e"), in: environment) }
    }

    @Test("a request that waits for its main key while its key is erased is told so")
    func waiting() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        let envelope = try await fixture.base.encrypt("crm", .connection("crm"), in: environment)
        await fixture.pass(.seconds(600))
        fixture.hierarchies.expire(environment.identity.id)
        // The request waits for its main key; what it reads then is gone.
        fixture.base.keys.hold(environment.identity.name)
        let request = Task { try await fixture.base.decrypt(envelope) }
        while fixture.base.keys.held(environment.identity.name) == 0 { await Task.yield() }
        _ = try await fixture.erase(.connection("crm"), of: environment)
        fixture.base.keys.release(environment.identity.name)
        await #expect(throws: HierarchyError(.erased)) { try await request.value }
    }

    @Test("a key that a request read before it was erased does not come back to memory")
    func inFlight() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.kmsEnvironment("acme/prod")
        let envelope = try await fixture.base.encrypt("crm", .connection("crm"), in: environment)
        let header = try EnvelopeHeader(parsing: envelope.span.bytes)
        // The connection's key hangs under the version before, which is not in memory: so the request waits after it read the store.
        fixture.base.keys.rotate(environment.identity.name)
        try await fixture.base.poll()
        let log = try await fixture.base.encrypt("log", .log, in: environment)
        fixture.base.forget(environment)
        _ = try await fixture.base.decrypt(log)
        fixture.base.keys.hold(environment.identity.name)
        let request = Task { try await fixture.base.decrypt(envelope) }
        while fixture.base.keys.held(environment.identity.name) == 0 { await Task.yield() }
        _ = try await fixture.erase(.connection("crm"), of: environment)
        fixture.base.keys.release(environment.identity.name)
        await #expect(throws: HierarchyError(.erased)) { try await request.value }
        #expect(environment.decryptionKey(for: header, envelope: envelope.span.bytes, at: fixture.base.clock.now) == nil)
    }

    @Test("retention erases what outlived it, hour by hour, with one receipt for the environment and day")
    func retention() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        try await fixture.hierarchies.environments.changeRetention(of: environment, atOnce: true) { _ in Retention(hours: .seconds(7200)) }
        // 10:20: the keys of 10:00 to 17:00 are made, and those of 10:00 to 15:00 outlive their retention, before the day is over.
        for hour in 0..<8 {
            _ = try await fixture.base.encrypt("event", .event, in: environment)
            for _ in 0..<6 {
                await fixture.pass(.seconds(600))
                try await fixture.hierarchies.eraser.runRetention(of: environment)
                let ended = (0...hour).count { Int64($0 + 1) * 3600 + 7200 <= fixture.now.seconds - (10 * 3600 + Self.midnight) }
                #expect(fixture.keys(of: environment).count == hour + 1 - ended)
            }
        }
        #expect(fixture.keys(of: environment).count == 2)
        #expect(try await fixture.hierarchies.eraser.resume().done.isEmpty, "the day is not over")
        #expect(try await fixture.store.openErasures().count == 1)

        await fixture.pass(.seconds(6 * 3600))
        #expect(try await fixture.hierarchies.eraser.resume().done.count == 1)
        let receipts = try await fixture.hierarchies.eraser.receipts(of: environment)
        let receipt = try fixture.read(try #require(receipts.first))
        #expect(receipts.count == 1)
        #expect(receipt.cause == "retention")
        #expect(receipt.keys.hourly == 6)
        #expect(receipt.keys.firstHour == "2026-11-23T10:00:00Z" && receipt.keys.lastHour == "2026-11-23T15:00:00Z")
        // What is left falls due on the new day, which has a receipt of its own.
        try await fixture.hierarchies.eraser.runRetention(of: environment)
        await fixture.pass(.seconds(86_400))
        #expect(try await fixture.hierarchies.eraser.resume().done.map { try fixture.read($0).keys.hourly } == [2])
        #expect(fixture.store.calls("purge") == 2, "one for all that a day erased")
    }

    /// 2026-11-23T00:00:00Z, the day of the fixture's clock.
    private static let midnight: Int64 = 1_795_392_000

    @Test("without a retention nothing is erased by itself")
    func noRetention() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        _ = try await fixture.hours(3, in: environment)
        await fixture.pass(.seconds(10 * 365 * 86_400))
        try await fixture.hierarchies.eraser.runRetention(of: environment)
        #expect(fixture.keys(of: environment).count == 3)
    }

    @Test("what goes by time waits while the clock is in doubt; a connection does not, and its receipt says so")
    func doubt() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        try await fixture.hierarchies.environments.changeRetention(of: environment, atOnce: true) { _ in
            Retention(hours: .seconds(90 * 86_400))
        }
        _ = try await fixture.base.encrypt("crm", .connection("crm"), in: environment)
        _ = try await fixture.hours(3, in: environment)
        // Forward ten years, and back one hour: not even the next tick has come.
        for jump in [Duration.seconds(10 * 365 * 86_400), .seconds(-3600)] {
            let right = fixture.now
            fixture.base.wallClock.advance(by: jump)
            await #expect(throws: HierarchyError(.clockInDoubt)) {
                try await fixture.hierarchies.eraser.runRetention(of: environment)
            }
            await #expect(throws: HierarchyError(.clockInDoubt)) { try await fixture.erase(.before(right), of: environment) }
            #expect(fixture.store.calls("eraseKeys") == 0)
            fixture.base.wallClock.set(right)
        }
        fixture.base.wallClock.advance(by: .seconds(-3600))
        await fixture.judge.tick()
        #expect(try await fixture.erase(.connection("crm"), of: environment).clock == "in doubt")
        try await fixture.judge.accept()
        let hours = try await fixture.erase(.before(fixture.now), of: environment)
        #expect(hours.clock == "believed")
        #expect(hours.keys.hourly > 0)
    }

    @Test("the next receipt is found by its id, and another's id is refused")
    func receipts() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        _ = try await fixture.hours(2, in: environment)
        let signed = try await fixture.hierarchies.eraser.erase(.before(fixture.now), of: environment, cause: .command)
        #expect(try await fixture.hierarchies.eraser.receipts(of: environment) == [signed])
        #expect(try await fixture.hierarchies.eraser.receipt(signed.erasure) == signed)
        let other = try ErasureID.random()
        await #expect(throws: HierarchyError(.noReceipt)) { try await fixture.hierarchies.eraser.receipt(other) }
    }
}
