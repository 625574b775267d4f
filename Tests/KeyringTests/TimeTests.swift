import KeyHierarchy
import Keyring
import TestSupport
import Testing
import Upkeep

@Suite("Clocks that jump")
struct TimeTests {
    private static let jumps: [Duration] = [.seconds(-3600), .seconds(86_400), .seconds(10 * 365 * 86_400)]
    private static let hour = Duration.seconds(3600)

    @Test("encryption goes on under a clock that jumped, nothing is erased, and no key is stuck when it comes back", arguments: jumps)
    func jump(_ jump: Duration) async throws {
        let fixture = try await ErasureFixture()
        let (clock, wallClock) = (fixture.base.clock, fixture.base.wallClock)
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        try await fixture.hierarchies.environments.changeRetention(of: environment, atOnce: true) { _ in
            Retention(hours: Self.hour, logs: Self.hour)
        }
        let before = try await fixture.base.encrypt("before", .event, in: environment)
        let right = fixture.now.hour
        await fixture.pass(.seconds(60))

        wallClock.advance(by: jump)
        let amid = try await fixture.base.encrypt("amid", .job("42"), in: environment)
        for duty in [UpkeepDuty.tickClock, .runRetention(environment.identity.id), .makeHourlyKey(environment.identity.id)] {
            await duty.perform(on: fixture.hierarchies)
        }
        await #expect(throws: HierarchyError(.clockInDoubt)) { try await fixture.hierarchies.eraser.runRetention(of: environment) }
        for (text, envelope) in [("before", before), ("amid", amid)] { #expect(try await fixture.base.decrypt(envelope) == text) }

        wallClock.advance(by: .zero - jump)
        clock.advance(by: .seconds(60))
        wallClock.advance(by: .seconds(60))
        await UpkeepDuty.tickClock.perform(on: fixture.hierarchies)
        #expect(fixture.judge.state == .believed)
        let key = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        #expect(key.hour == right)
        try await fixture.hierarchies.eraser.runRetention(of: environment)
        for (text, envelope) in [("before", before), ("amid", amid)] { #expect(try await fixture.base.decrypt(envelope) == text) }
    }

    @Test("the retention of a key that was made in 2036 counts from when belief returned")
    func retention() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        try await fixture.hierarchies.environments.changeRetention(of: environment, atOnce: true) { _ in Retention(hours: Self.hour) }
        fixture.base.wallClock.advance(by: .seconds(10 * 365 * 86_400))
        let future = try await fixture.base.encrypt("2036", .event, in: environment)
        let hour = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment).hour
        #expect(hour == fixture.now.hour && fixture.now.description.hasPrefix("2036"))
        fixture.base.wallClock.advance(by: .seconds(-10 * 365 * 86_400))
        await fixture.pass(.seconds(60))
        // An hour in which it may encrypt, and the hour of its retention; both from when belief returned.
        await fixture.pass(.seconds(7000))
        try await fixture.hierarchies.eraser.runRetention(of: environment)
        #expect(try await fixture.base.decrypt(future) == "2036")
        await fixture.pass(.seconds(200))
        try await fixture.hierarchies.eraser.runRetention(of: environment)
        await #expect(throws: HierarchyError(.erased)) { try await fixture.base.decrypt(future) }
    }

    @Test("a key made ahead serves its hour when that does come, whatever the clock said in between")
    func ahead() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        _ = try await fixture.base.encrypt("now", .event, in: environment)
        try await fixture.hierarchies.fetcher.makeUpcomingHourlyKey(of: environment)
        let next = Hour(number: fixture.now.hour.number + 1)
        let ahead = try #require(fixture.store.keys(of: environment.identity.id).first { $0.purpose == .hourly(next) })
        fixture.base.wallClock.advance(by: .seconds(86_400))
        let tomorrow = try await fixture.base.encrypt("tomorrow", .event, in: environment)
        fixture.base.wallClock.advance(by: .seconds(-86_400))
        await fixture.pass(.seconds(3600))
        let key = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        #expect(key.id == ahead.id && key.hour == next)
        #expect(try await fixture.base.decrypt(tomorrow) == "tomorrow")
    }

    @Test("what was made in doubt encrypts nothing once belief returned, in memory or after a restart, and goes on to decrypt")
    func madeInDoubt() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        let believed = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        // A jump within the hour: the same hour, another belief.
        fixture.base.wallClock.advance(by: .seconds(1200))
        #expect(fixture.judge.state != .believed)
        fixture.base.wallClock.advance(by: .seconds(3600))
        let made = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        let text = try await fixture.base.encrypt("in doubt", .event, in: environment)
        #expect(try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment).id == made.id)
        try await fixture.judge.accept()
        let after = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        #expect(after.id != made.id && after.hour == made.hour && after.id != believed.id)
        let again = try await fixture.base.restarted()
        let reloaded = try #require(again.keyring.environment(environment.identity.name))
        #expect(try await again.fetcher.encryptionKey(for: .event, of: reloaded).id == after.id)
        #expect(try await fixture.base.decrypt(text) == "in doubt")
    }

    @Test("an hour that was read while the clock was wrong, and is set right meanwhile, gets no key that would encrypt when it comes")
    func setRightMeanwhile() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        let right = fixture.now.hour
        let gate = StoreGate()
        fixture.store.inject(.slow { await gate.wait() }, into: "insert")
        let lookup = StoreGate()
        fixture.store.chooseFaults { $0 == "hourlyKey" ? .late { await lookup.wait() } : nil }
        fixture.base.wallClock.advance(by: .seconds(3 * 3600))
        let request = Task { try await fixture.base.encrypt("meanwhile", .event, in: environment) }
        while !lookup.isAwaited { await Task.yield() }
        fixture.base.wallClock.advance(by: .seconds(-3 * 3600))
        lookup.open()
        gate.open()
        let text = try await request.value
        let keys = fixture.store.keys(of: environment.identity.id)
        #expect(keys.map(\.purpose) == [.hourly(right)])
        await fixture.pass(.seconds(3 * 3600))
        let later = try await fixture.base.encrypt("in the hour that was read", .event, in: environment)
        #expect(try await fixture.base.decrypt(text) == "meanwhile")
        #expect(try await fixture.base.decrypt(later) == "in the hour that was read")
        let now = fixture.now
        for key in fixture.store.keys(of: environment.identity.id) where key.purpose == .hourly(now.hour) {
            #expect(key.createdAt.time.hour == now.hour, "it counts from its own hour")
        }
    }

    @Test("a suspend past the time to live leaves nothing usable: the next request proves the key again")
    func suspend() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        var envelopes: [[UInt8]] = []
        for scope in everyScope { envelopes.append(try await fixture.encrypt("text", scope, in: environment)) }
        let held = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        fixture.keys.answer(.failure(denied), for: KeyringFixture.kms)
        fixture.clock.advance(by: .seconds(8 * 3600))
        fixture.wallClock.advance(by: .seconds(8 * 3600))
        let now = fixture.clock.now
        #expect(!held.isUsable(at: now) && environment.secondsLeft(at: now) == 0)
        for scope in everyScope {
            #expect(environment.encryptionKey(for: scope, hour: fixture.wallClock.now.hour, at: now) == nil)
        }
        for envelope in envelopes { await #expect(throws: HierarchyError(.restricted)) { try await fixture.decrypt(envelope) } }
        fixture.keys.answer(.granted, for: KeyringFixture.kms)
        fixture.clock.advance(by: .seconds(60))
        let asked = fixture.keys.decrypts(KeyringFixture.kms)
        for envelope in envelopes { #expect(try await fixture.decrypt(envelope) == "text") }
        #expect(fixture.keys.decrypts(KeyringFixture.kms) == asked + 1)
    }

    @Test("a first replacement that was made in doubt counts from the doubt's end, and the next is allowed a day later")
    func replacedInDoubt() async throws {
        let fixture = try KeyringFixture()
        try await fixture.hierarchies.load()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        fixture.wallClock.advance(by: .seconds(86_400))
        _ = try await fixture.replace(environment, with: KeyringFixture.otherKMS)
        #expect(await fixture.repackToEnd(environment))
        fixture.wallClock.advance(by: .seconds(-86_400))
        await UpkeepDuty.tickClock.perform(on: fixture.hierarchies)
        for hours in [1, 22] {
            fixture.wallClock.advance(by: .seconds(hours * 3600))
            fixture.clock.advance(by: .seconds(hours * 3600))
            await #expect(throws: HierarchyError(.replacementTooSoon)) { try await fixture.replace(environment, with: KeyringFixture.kms) }
        }
        fixture.wallClock.advance(by: .seconds(2 * 3600))
        fixture.clock.advance(by: .seconds(2 * 3600))
        #expect(try await fixture.replace(environment, with: KeyringFixture.kms).kind == .replaced)
    }

    @Test("a clock in doubt gives no second replacement, until it is right again or accepted", arguments: [true, false])
    func replacement(isAccepted: Bool) async throws {
        let fixture = try KeyringFixture()
        try await fixture.hierarchies.load()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        _ = try await fixture.replace(environment, with: KeyringFixture.otherKMS)
        #expect(await fixture.repackToEnd(environment))
        fixture.wallClock.advance(by: .seconds(86_400))
        for _ in 0..<2 {
            await #expect(throws: HierarchyError(.clockInDoubt)) { try await fixture.replace(environment, with: KeyringFixture.kms) }
            await UpkeepDuty.tickClock.perform(on: fixture.hierarchies)
        }
        if isAccepted {
            try await fixture.hierarchies.judge.accept()
            #expect(try await fixture.replace(environment, with: KeyringFixture.kms).kind == .replaced)
        } else {
            fixture.wallClock.advance(by: .seconds(-86_400))
            await #expect(throws: HierarchyError(.replacementTooSoon)) { try await fixture.replace(environment, with: KeyringFixture.kms) }
            fixture.wallClock.advance(by: .seconds(86_400))
            fixture.clock.advance(by: .seconds(86_400))
            #expect(try await fixture.replace(environment, with: KeyringFixture.kms).kind == .replaced)
        }
    }
}
