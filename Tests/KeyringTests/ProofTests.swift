import Bedrock
import Cryptography
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("Proofs and deadlines")
struct ProofTests {
    @Test("a thousand concurrent first requests make one call to the main key")
    func oneCall() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        let name = environment.identity.name
        let before = fixture.keys.decrypts(name)
        fixture.keys.hold(name)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let scopes: [Scope] = [.event, .log, .job("1"), .job("2"), .connection("crm"), .connection("erp")]
            for number in 0..<1000 {
                group.addTask {
                    _ = try await fixture.hierarchies.fetcher.encryptionKey(for: scopes[number % scopes.count], of: environment)
                }
            }
            while fixture.keys.held(name) == 0 { await Task.yield() }
            fixture.keys.release(name)
            try await group.waitForAll()
        }
        #expect(fixture.keys.decrypts(name) - before == 1)
        #expect(fixture.store.keys(of: environment.identity.id).count == 4, "an hourly, a log and two connection keys")
    }

    @Test("at the deadline a key is refused, even before the timer wipes it; then it is wiped, and the main key is asked again")
    func deadline() async throws {
        let fixture = try KeyringFixture(KeyringSettings(timeToLive: .seconds(60)))
        let environment = try await fixture.environment("acme/prod")
        let key = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        let asked = fixture.keys.decrypts(environment.identity.name)
        fixture.clock.advance(by: .milliseconds(59_999))
        #expect(key.isUsable(at: fixture.clock.now))
        #expect(environment.encryptionKey(for: .event, hour: fixture.wallClock.now.hour, at: fixture.clock.now) === key)
        #expect(environment.secondsLeft(at: fixture.clock.now) == 0)
        fixture.hierarchies.expire(environment.identity.id)
        #expect(key.withSecret { _ in true } == true, "wiped before its time")

        fixture.clock.advance(by: .milliseconds(1))
        #expect(!key.isUsable(at: fixture.clock.now))
        #expect(environment.encryptionKey(for: .event, hour: fixture.wallClock.now.hour, at: fixture.clock.now) == nil)
        fixture.hierarchies.expire(environment.identity.id)
        #expect(key.withSecret { _ in true } == nil, "not wiped")

        let again = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        #expect(again !== key && again.id == key.id)
        #expect(fixture.keys.decrypts(environment.identity.name) == asked + 1)
    }

    @Test("the deadline counts from when the request was sent, not from when the answer came")
    func sent() async throws {
        let fixture = try KeyringFixture(KeyringSettings(timeToLive: .seconds(60)))
        let environment = try await fixture.environment("acme/prod")
        fixture.keys.hold(environment.identity.name)
        let key = Task { try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment) }
        while fixture.keys.held(environment.identity.name) == 0 { await Task.yield() }
        fixture.clock.advance(by: .seconds(20))
        fixture.keys.release(environment.identity.name)
        _ = try await key.value
        #expect(environment.secondsLeft(at: fixture.clock.now) == 40)
    }

    @Test("an answer older than the time to live is worth nothing")
    func stale() async throws {
        let fixture = try KeyringFixture(KeyringSettings(timeToLive: .seconds(60)))
        let environment = try await fixture.environment("acme/prod")
        fixture.keys.hold(environment.identity.name)
        let key = Task { try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment) }
        while fixture.keys.held(environment.identity.name) == 0 { await Task.yield() }
        fixture.clock.advance(by: .seconds(60))
        fixture.keys.release(environment.identity.name)
        await #expect(throws: HierarchyError(.unreachable, "", remedy: "")) { try await key.value }
    }

    @Test("an answer that comes after the environment was deleted is thrown away")
    func late() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        fixture.keys.hold(environment.identity.name)
        let key = Task { try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment) }
        while fixture.keys.held(environment.identity.name) == 0 { await Task.yield() }
        _ = try await fixture.hierarchies.environments.delete(environment.identity.name, confirmation: "acme/prod")
        fixture.keys.release(environment.identity.name)
        await #expect(throws: (any Error).self) { try await key.value }
        #expect(environment.secondsLeft(at: fixture.clock.now) == 0)
    }

    @Test("each verdict is told as what it is, and is not asked for again at once", arguments: Verdict.allCases.filter { $0 != .granted })
    func verdicts(_ verdict: Verdict) async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        let name = environment.identity.name
        fixture.keys.answer(.failure(MainKeyFailure(verdict: verdict, message: "no", reason: "the KMS's words", remedy: "ask")), for: name)
        let before = fixture.keys.decrypts(name)
        for _ in 0..<3 {
            let error = await #expect(throws: HierarchyError.self) {
                try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
            }
            #expect(error?.verdict?.verdict == verdict)
            #expect(error?.verdict?.reason == "the KMS's words")
        }
        #expect(fixture.keys.decrypts(name) == before + 1)

        fixture.keys.answer(.granted, for: name)
        fixture.clock.advance(by: fixture.hierarchies.keeper.settings.longestPause)
        _ = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        #expect(environment.state(at: fixture.clock.now) == .available)
    }

    @Test("a verdict that is repeated holds since it was first given, and one that changed since the change")
    func since() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        var since: WallTime?
        var earlier: Verdict?
        for verdict in [Verdict.restricted, .restricted, .revoked, .revoked, .restricted] {
            fixture.clock.advance(by: fixture.hierarchies.keeper.settings.longestPause)
            fixture.wallClock.advance(by: fixture.hierarchies.keeper.settings.longestPause)
            if verdict != earlier { since = fixture.wallClock.now }
            earlier = verdict
            fixture.keys.answer(
                .failure(MainKeyFailure(verdict: verdict, message: "no", reason: "", remedy: "")), for: environment.identity.name)
            let error = await #expect(throws: HierarchyError.self) {
                try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
            }
            #expect(error?.verdict?.verdict == verdict)
            #expect(error?.verdict?.at == since)
            #expect(environment.trouble(at: fixture.clock.now)?.since == since)
        }
    }

    @Test("content that is not this environment's key is mismatched, and nothing is kept")
    func foreign() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        fixture.keys.answer(.foreign, for: environment.identity.name)
        await #expect(throws: HierarchyError(.mismatched, "", remedy: "")) {
            try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        }
        #expect(environment.state(at: fixture.clock.now) == .mismatched)
        #expect(fixture.events.withLock { $0.last } == "verdict mismatched")
    }

    @Test("pauses double, and never pass the longest", arguments: 1...40)
    func pauses(_ attempts: Int) {
        let pause = LifeRules(longestPause: .seconds(15)).pause(after: attempts, share: Double.random(in: 0.5...1))
        #expect(pause <= .seconds(15) && pause >= .milliseconds(125))
    }

    @Test("one environment's silent main key delays none of a thousand others")
    func hanging() async throws {
        let fixture = try KeyringFixture()
        let hung = try await fixture.environment("acme/prod")
        fixture.keys.hold(hung.identity.name)
        async let waiting = fixture.hierarchies.fetcher.encryptionKey(for: .event, of: hung)
        while fixture.keys.held(hung.identity.name) == 0 { await Task.yield() }
        for number in 0..<1000 {
            let other = try await fixture.warmEnvironment("globex/e\(number)")
            _ = try await fixture.hierarchies.fetcher.encryptionKey(for: .job("1"), of: other)
        }
        fixture.keys.release(hung.identity.name)
        _ = try await waiting
    }

    @Test("a damaged environment stays shut, and the others work on")
    func damaged() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        let other = try await fixture.environment("globex/prod")
        fixture.store.change(environment.identity.id) { $0.damage = "main_keys" }
        let again = try await fixture.restarted()
        let shut = try #require(again.keyring.environment(environment.identity.name))
        await #expect(throws: HierarchyError(.damaged, "", remedy: "")) { try await again.fetcher.encryptionKey(for: .log, of: shut) }
        #expect(shut.state(at: fixture.clock.now) == .damaged)
        let open = try #require(again.keyring.environment(other.identity.name))
        _ = try await again.fetcher.encryptionKey(for: .log, of: open)
    }
}
