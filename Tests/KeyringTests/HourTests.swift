import KeyHierarchy
import TestSupport
import Testing

@Suite("Hours")
struct HourTests {
    @Test("the old hourly key decrypts and never encrypts again")
    func rollover() async throws {
        let fixture = try KeyringFixture(KeyringSettings(timeToLive: .seconds(300)))
        let environment = try await fixture.environment("acme/prod")
        let event = try await fixture.encrypt("event", .event, in: environment)
        let job = try await fixture.encrypt("job", .job("42"), in: environment)
        let old = try await fixture.keyring.encryptionKey(for: .event, of: environment)

        fixture.wallClock.advance(by: .seconds(3600))
        let now = fixture.wallClock.now.hour
        #expect(environment.encryptionKey(for: .event, hour: now, at: fixture.clock.now) == nil)
        #expect(environment.encryptionKey(for: .job("42"), hour: now, at: fixture.clock.now) == nil)
        let new = try await fixture.keyring.encryptionKey(for: .event, of: environment)
        #expect(new.id != old.id)
        #expect(try await fixture.keyring.encryptionKey(for: .job("42"), of: environment).id == new.id)
        #expect(try await fixture.decrypt(event) == "event")
        #expect(try await fixture.decrypt(job) == "job")
        let states = fixture.store.keys(of: environment.identity.id).compactMap { key in
            if case .hourly(let hourly) = key.purpose { hourly.state } else { nil }
        }
        #expect(states == [.inactive, .active])
    }

    @Test("a job's data key of the last hour is wiped when the next takes its place, whoever still holds it")
    func displaced() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        let old = try await fixture.keyring.encryptionKey(for: .job("42"), of: environment)
        fixture.wallClock.advance(by: .seconds(3600))
        let new = try await fixture.keyring.encryptionKey(for: .job("42"), of: environment)
        #expect(old.withSecret { _ in true } == nil)
        #expect(new.withSecret { _ in true } == true)
    }

    @Test("a clock that went back gets a new key: the closed one is never active again")
    func back() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        let first = try await fixture.keyring.encryptionKey(for: .event, of: environment)
        fixture.wallClock.advance(by: .seconds(3600))
        let second = try await fixture.keyring.encryptionKey(for: .event, of: environment)
        fixture.wallClock.advance(by: .seconds(-3600))
        let third = try await fixture.keyring.encryptionKey(for: .event, of: environment)
        #expect(Set([first.id, second.id, third.id]).count == 3)
        #expect(third.hour == first.hour)
    }

    @Test("an hour's key outlives a restart")
    func restart() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        let key = try await fixture.keyring.encryptionKey(for: .event, of: environment)
        let envelope = try await fixture.encrypt("hello", .job("42"), in: environment)
        let again = Keyring(
            store: fixture.store, provider: fixture.keys, root: fixture.keyring.root, clock: fixture.clock, wallClock: fixture.wallClock)
        try await again.load()
        let reloaded = try #require(again.environment(environment.identity.name))
        #expect(try await again.encryptionKey(for: .event, of: reloaded).id == key.id)
        let header = try EnvelopeHeader(parsing: envelope.span.bytes)
        #expect(try await again.decryptionKey(for: header, envelope: envelope, of: reloaded).id == key.id)
    }

    @Test("one data key for each job and hour")
    func dataKeys() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        let keys = try await withThrowingTaskGroup(of: CachedKey.self) { group in
            for _ in 0..<200 { group.addTask { try await fixture.keyring.encryptionKey(for: .job("42"), of: environment) } }
            return try await group.reduce(into: [CachedKey]()) { $0.append($1) }
        }
        #expect(Set(keys.map(\.header)).count == 1)
        #expect(try await fixture.keyring.encryptionKey(for: .job("43"), of: environment).header != keys[0].header)
    }

    @Test("the data key cache is bounded, and what it forgets is not lost")
    func bounded() async throws {
        let fixture = try KeyringFixture(KeyringSettings(dataKeys: 16))
        let environment = try await fixture.environment("acme/prod")
        var envelopes: [[UInt8]] = []
        for job in 0..<200 {
            envelopes.append(try await fixture.encrypt("job \(job)", .job("\(job)"), in: environment))
            fixture.clock.advance(by: .milliseconds(1))
        }
        for (job, envelope) in envelopes.enumerated() { #expect(try await fixture.decrypt(envelope) == "job \(job)") }
        let held = (0..<200).count {
            environment.encryptionKey(for: .job("\($0)"), hour: fixture.wallClock.now.hour, at: fixture.clock.now) != nil
        }
        #expect((1...16).contains(held))
    }

    @Test("making room in locked memory loses nothing")
    func reclaim() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        var envelopes: [[UInt8]] = []
        for number in 0..<50 { envelopes.append(try await fixture.encrypt("\(number)", .connection("c\(number)"), in: environment)) }
        for _ in 0..<30 { fixture.keyring.reclaim() }
        for (number, envelope) in envelopes.enumerated() { #expect(try await fixture.decrypt(envelope) == "\(number)") }
    }
}
