import KeyHierarchy
import TestSupport
import Testing

@Suite("Clocks that jump")
struct TimeTests {
    private static let jumps: [Duration] = [.seconds(-3600), .seconds(86_400), .seconds(10 * 365 * 86_400)]
    private static let hour = Duration.seconds(3600)

    @Test("encryption goes on under a clock that jumped, nothing is erased, and no key is stuck when it comes back", arguments: jumps)
    func jump(_ jump: Duration) async throws {
        let fixture = try await ErasureFixture()
        let (clock, wallClock) = (fixture.base.clock, fixture.base.wallClock)
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        try await fixture.keyring.setRetention(Retention(hours: Self.hour, logs: Self.hour), of: environment)
        let before = try await fixture.base.encrypt("before", .event, in: environment)
        let right = fixture.now.hour
        await fixture.pass(.seconds(60))

        wallClock.advance(by: jump)
        let amid = try await fixture.base.encrypt("amid", .job("42"), in: environment)
        for duty in [UpkeepDuty.tickClock, .runRetention(environment.identity.id), .makeHourlyKey(environment.identity.id)] {
            await fixture.keyring.perform(duty)
        }
        await #expect(throws: HierarchyError(.clockInDoubt)) { try await fixture.keyring.runRetention(of: environment) }
        for (text, envelope) in [("before", before), ("amid", amid)] { #expect(try await fixture.base.decrypt(envelope) == text) }

        wallClock.advance(by: .zero - jump)
        clock.advance(by: .seconds(60))
        wallClock.advance(by: .seconds(60))
        await fixture.keyring.perform(.tickClock)
        #expect(fixture.judge.state == .believed)
        let key = try await fixture.keyring.encryptionKey(for: .event, of: environment)
        #expect(key.hour == right)
        #expect(try await fixture.keyring.runRetention(of: environment).isEmpty)
        for (text, envelope) in [("before", before), ("amid", amid)] { #expect(try await fixture.base.decrypt(envelope) == text) }
    }

    @Test("the retention of a key that was made in 2036 counts from when it was made")
    func retention() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        try await fixture.keyring.setRetention(Retention(hours: Self.hour), of: environment)
        fixture.base.wallClock.advance(by: .seconds(10 * 365 * 86_400))
        let future = try await fixture.base.encrypt("2036", .event, in: environment)
        let hour = try await fixture.keyring.encryptionKey(for: .event, of: environment).hour
        #expect(hour == fixture.now.hour && fixture.now.description.hasPrefix("2036"))
        fixture.base.wallClock.advance(by: .seconds(-10 * 365 * 86_400))
        await fixture.pass(.seconds(60))
        // An hour in which it may encrypt, and the hour of its retention.
        await fixture.pass(.seconds(7000))
        #expect(try await fixture.keyring.runRetention(of: environment).isEmpty)
        #expect(try await fixture.base.decrypt(future) == "2036")
        await fixture.pass(.seconds(200))
        #expect(try await fixture.keyring.runRetention(of: environment).count == 1)
        await #expect(throws: HierarchyError(.erased)) { try await fixture.base.decrypt(future) }
    }

    @Test("a key made ahead that a jump has closed is not taken into use when its hour does come")
    func ahead() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.warmEnvironment("acme/prod")
        _ = try await fixture.encrypt("now", .event, in: environment)
        try await fixture.keyring.makeUpcomingHourlyKey(of: environment)
        let ahead = try #require(fixture.hourlyKey(.upcoming, of: environment))
        fixture.wallClock.advance(by: .seconds(86_400))
        _ = try await fixture.encrypt("tomorrow", .event, in: environment)
        #expect(fixture.hourlyKey(.upcoming, of: environment) == nil, "the store closed it")
        fixture.wallClock.advance(by: .seconds(-86_400 + 3600))
        let key = try await fixture.keyring.encryptionKey(for: .event, of: environment)
        #expect(key.id != ahead.id)
        #expect(key.hour == fixture.wallClock.now.hour)
        #expect(fixture.hourlyKey(.active, of: environment)?.id == key.id, "and the store holds the one in use as active")
    }

    @Test("a suspend past the time to live leaves nothing usable: the next request proves the key again")
    func suspend() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        var envelopes: [[UInt8]] = []
        for scope in everyScope { envelopes.append(try await fixture.encrypt("text", scope, in: environment)) }
        let held = try await fixture.keyring.encryptionKey(for: .event, of: environment)
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

    @Test("a clock in doubt gives no second replacement, until it is right again or accepted", arguments: [true, false])
    func replacement(isAccepted: Bool) async throws {
        let fixture = try KeyringFixture()
        try await fixture.keyring.load()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        _ = try await fixture.replace(environment, with: KeyringFixture.otherKMS)
        #expect(await fixture.repackToEnd(environment))
        fixture.wallClock.advance(by: .seconds(86_400))
        for _ in 0..<2 {
            await #expect(throws: HierarchyError(.clockInDoubt)) { try await fixture.replace(environment, with: KeyringFixture.kms) }
            await fixture.keyring.perform(.tickClock)
        }
        if isAccepted {
            try await fixture.keyring.clockJudge.accept()
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

extension KeyringFixture {
    /// The hourly key that the store holds in that state.
    fileprivate func hourlyKey(_ state: HourlyKey.State, of environment: LiveEnvironment) -> KeyRecord? {
        store.keys(of: environment.identity.id).first { key in
            if case .hourly(let hourly) = key.purpose { hourly.state == state } else { false }
        }
    }
}
