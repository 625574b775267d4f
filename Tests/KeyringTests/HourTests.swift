import KeyHierarchy
import TestSupport
import Testing

@testable import Keyring

@Suite("Hours")
struct HourTests {
    @Test("the old hourly key decrypts and never encrypts again")
    func rollover() async throws {
        let fixture = try KeyringFixture(KeyringSettings(timeToLive: .seconds(300)))
        let environment = try await fixture.environment("acme/prod")
        let event = try await fixture.encrypt("event", .event, in: environment)
        let job = try await fixture.encrypt("job", .job("42"), in: environment)
        let old = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)

        fixture.wallClock.advance(by: .seconds(3600))
        let now = fixture.wallClock.now.hour
        #expect(environment.encryptionKey(for: .event, hour: now, at: fixture.clock.now) == nil)
        #expect(environment.encryptionKey(for: .job("42"), hour: now, at: fixture.clock.now) == nil)
        let new = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        #expect(new.id != old.id)
        #expect(try await fixture.hierarchies.fetcher.encryptionKey(for: .job("42"), of: environment).id == new.id)
        #expect(try await fixture.decrypt(event) == "event")
        #expect(try await fixture.decrypt(job) == "job")
        #expect(fixture.store.keys(of: environment.identity.id).map(\.purpose) == [.hourly(Hour(number: now.number - 1)), .hourly(now)])
    }

    @Test("a job's data key of the last hour is wiped when the next takes its place, whoever still holds it")
    func displaced() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        let old = try await fixture.hierarchies.fetcher.encryptionKey(for: .job("42"), of: environment)
        fixture.wallClock.advance(by: .seconds(3600))
        let new = try await fixture.hierarchies.fetcher.encryptionKey(for: .job("42"), of: environment)
        #expect(old.withSecret { _ in true } == nil)
        #expect(new.withSecret { _ in true } == true)
    }

    // Whether an hour's key encrypts follows from the time and the floor, not from what one process remembers: found again by its hour,
    // it serves as long as that lasts.
    @Test("a clock that went back finds the hour's key again")
    func back() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        let first = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        fixture.wallClock.advance(by: .seconds(3600))
        let second = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        fixture.wallClock.advance(by: .seconds(-3600))
        let third = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        #expect(third.id == first.id && second.id != first.id)
        #expect(fixture.store.keys(of: environment.identity.id).count == 2)
    }

    @Test("an hour's key outlives a restart")
    func restart() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        let key = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        let envelope = try await fixture.encrypt("hello", .job("42"), in: environment)
        let again = try await fixture.restarted()
        let reloaded = try #require(again.keyring.environment(environment.identity.name))
        #expect(try await again.fetcher.encryptionKey(for: .event, of: reloaded).id == key.id)
        let header = try EnvelopeHeader(parsing: envelope.span.bytes)
        #expect(try await again.fetcher.decryptionKey(for: header, envelope: envelope, of: reloaded).id == key.id)
    }

    @Test("one data key for each job and hour")
    func dataKeys() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        let keys = try await withThrowingTaskGroup(of: CachedKey.self) { group in
            for _ in 0..<200 { group.addTask { try await fixture.hierarchies.fetcher.encryptionKey(for: .job("42"), of: environment) } }
            return try await group.reduce(into: [CachedKey]()) { $0.append($1) }
        }
        #expect(Set(keys.map(\.header)).count == 1)
        #expect(try await fixture.hierarchies.fetcher.encryptionKey(for: .job("43"), of: environment).header != keys[0].header)
    }

    @Test("the data key cache is bounded, and what it forgets is not lost")
    func bounded() async throws {
        let fixture = try KeyringFixture(KeyringSettings(dataKeys: 16))
        let environment = try await fixture.environment("acme/prod")
        var envelopes: [[UInt8]] = []
        for job in 0..<200 {
            envelopes.append(try await fixture.encrypt("job \(job)", .job(JobID("\(job)")), in: environment))
            fixture.clock.advance(by: .milliseconds(1))
        }
        for (job, envelope) in envelopes.enumerated() { #expect(try await fixture.decrypt(envelope) == "job \(job)") }
        let held = (0..<200).count {
            environment.encryptionKey(for: .job(JobID("\($0)")), hour: fixture.wallClock.now.hour, at: fixture.clock.now) != nil
        }
        #expect((1...16).contains(held))
    }

    @Test("making room in locked memory loses nothing")
    func reclaim() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        var envelopes: [[UInt8]] = []
        for number in 0..<50 {
            envelopes.append(try await fixture.encrypt("\(number)", .connection(ConnectionID("c\(number)")), in: environment))
        }
        for _ in 0..<30 { fixture.hierarchies.fetcher.memory.reclaim() }
        for (number, envelope) in envelopes.enumerated() { #expect(try await fixture.decrypt(envelope) == "\(number)") }
    }
}
