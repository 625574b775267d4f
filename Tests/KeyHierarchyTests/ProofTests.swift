import Bedrock
import Cryptography
import KeyHierarchy
import TestSupport
import Testing

@Suite("Proofs and deadlines")
struct ProofTests {
    @Test("a thousand concurrent first requests make one call to the main key")
    func oneCall() async throws {
        let bench = try Bench()
        let environment = try await bench.environment("acme/prod")
        let name = environment.identity.name
        let before = bench.keys.decrypts(name)
        bench.keys.hold(name)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let scopes: [Scope] = [.event, .log, .job("1"), .job("2"), .connection("crm"), .connection("erp")]
            for number in 0..<1000 {
                group.addTask { _ = try await bench.keyring.encryptionKey(for: scopes[number % scopes.count], of: environment) }
            }
            while bench.keys.held(name) == 0 { await Task.yield() }
            bench.keys.release(name)
            try await group.waitForAll()
        }
        #expect(bench.keys.decrypts(name) - before == 1)
        #expect(bench.store.keys(of: environment.identity.id).count == 4, "an hourly, a log and two connection keys")
    }

    @Test("at the deadline a key is refused, even before the timer wipes it; then it is wiped, and the main key is asked again")
    func deadline() async throws {
        let bench = try Bench(KeyringSettings(timeToLive: .seconds(60)))
        let environment = try await bench.environment("acme/prod")
        let key = try await bench.keyring.encryptionKey(for: .event, of: environment)
        let asked = bench.keys.decrypts(environment.identity.name)
        bench.clock.advance(by: .milliseconds(59_999))
        #expect(key.isUsable(at: bench.clock.now))
        #expect(environment.encryptionKey(for: .event, hour: bench.wallClock.now.hour, at: bench.clock.now) === key)
        #expect(environment.secondsLeft(at: bench.clock.now) == 0)
        bench.keyring.expire(environment.identity.id)
        #expect(key.withSecret { _ in true } == true, "wiped before its time")

        bench.clock.advance(by: .milliseconds(1))
        #expect(!key.isUsable(at: bench.clock.now))
        #expect(environment.encryptionKey(for: .event, hour: bench.wallClock.now.hour, at: bench.clock.now) == nil)
        bench.keyring.expire(environment.identity.id)
        #expect(key.withSecret { _ in true } == nil, "not wiped")

        let again = try await bench.keyring.encryptionKey(for: .event, of: environment)
        #expect(again !== key && again.id == key.id)
        #expect(bench.keys.decrypts(environment.identity.name) == asked + 1)
    }

    @Test("the deadline counts from when the request was sent, not from when the answer came")
    func sent() async throws {
        let bench = try Bench(KeyringSettings(timeToLive: .seconds(60)))
        let environment = try await bench.environment("acme/prod")
        bench.keys.hold(environment.identity.name)
        let key = Task { try await bench.keyring.encryptionKey(for: .event, of: environment) }
        while bench.keys.held(environment.identity.name) == 0 { await Task.yield() }
        bench.clock.advance(by: .seconds(20))
        bench.keys.release(environment.identity.name)
        _ = try await key.value
        #expect(environment.secondsLeft(at: bench.clock.now) == 40)
    }

    @Test("an answer older than the time to live is worth nothing")
    func stale() async throws {
        let bench = try Bench(KeyringSettings(timeToLive: .seconds(60)))
        let environment = try await bench.environment("acme/prod")
        bench.keys.hold(environment.identity.name)
        let key = Task { try await bench.keyring.encryptionKey(for: .event, of: environment) }
        while bench.keys.held(environment.identity.name) == 0 { await Task.yield() }
        bench.clock.advance(by: .seconds(60))
        bench.keys.release(environment.identity.name)
        await #expect(throws: HierarchyError(.unreachable, "", remedy: "")) { try await key.value }
    }

    @Test("an answer that comes after the environment was deleted is thrown away")
    func late() async throws {
        let bench = try Bench()
        let environment = try await bench.environment("acme/prod")
        bench.keys.hold(environment.identity.name)
        let key = Task { try await bench.keyring.encryptionKey(for: .event, of: environment) }
        while bench.keys.held(environment.identity.name) == 0 { await Task.yield() }
        _ = try await bench.keyring.deleteEnvironment(environment.identity.name, confirmation: "acme/prod")
        bench.keys.release(environment.identity.name)
        await #expect(throws: (any Error).self) { try await key.value }
        #expect(environment.secondsLeft(at: bench.clock.now) == 0)
    }

    @Test("each verdict is told as what it is, and is not asked for again at once", arguments: Verdict.allCases.filter { $0 != .granted })
    func verdicts(_ verdict: Verdict) async throws {
        let bench = try Bench()
        let environment = try await bench.environment("acme/prod")
        let name = environment.identity.name
        bench.keys.answer(.failure(MainKeyFailure(verdict: verdict, message: "no", reason: "the KMS's words", remedy: "ask")), for: name)
        let before = bench.keys.decrypts(name)
        for _ in 0..<3 {
            let error = await #expect(throws: HierarchyError.self) {
                try await bench.keyring.encryptionKey(for: .event, of: environment)
            }
            #expect(error?.verdict?.verdict == verdict)
            #expect(error?.verdict?.reason == "the KMS's words")
        }
        #expect(bench.keys.decrypts(name) == before + 1)

        bench.keys.answer(.granted, for: name)
        bench.clock.advance(by: bench.keyring.settings.longestPause)
        _ = try await bench.keyring.encryptionKey(for: .event, of: environment)
        #expect(environment.state(at: bench.clock.now) == .available)
    }

    @Test("a verdict that is repeated holds since it was first given, and one that changed since the change")
    func since() async throws {
        let bench = try Bench()
        let environment = try await bench.environment("acme/prod")
        var since: WallTime?
        var earlier: Verdict?
        for verdict in [Verdict.restricted, .restricted, .revoked, .revoked, .restricted] {
            bench.clock.advance(by: bench.keyring.settings.longestPause)
            bench.wallClock.advance(by: bench.keyring.settings.longestPause)
            if verdict != earlier { since = bench.wallClock.now }
            earlier = verdict
            bench.keys.answer(
                .failure(MainKeyFailure(verdict: verdict, message: "no", reason: "", remedy: "")), for: environment.identity.name)
            let error = await #expect(throws: HierarchyError.self) {
                try await bench.keyring.encryptionKey(for: .event, of: environment)
            }
            #expect(error?.verdict?.verdict == verdict)
            #expect(error?.verdict?.at == since)
            #expect(environment.trouble(at: bench.clock.now)?.since == since)
        }
    }

    @Test("content that is not this environment's key is mismatched, and nothing is kept")
    func foreign() async throws {
        let bench = try Bench()
        let environment = try await bench.environment("acme/prod")
        bench.keys.answer(.foreign, for: environment.identity.name)
        await #expect(throws: HierarchyError(.mismatched, "", remedy: "")) {
            try await bench.keyring.encryptionKey(for: .event, of: environment)
        }
        #expect(environment.state(at: bench.clock.now) == .mismatched)
        #expect(bench.events.withLock { $0.last } == "verdict mismatched")
    }

    @Test("pauses double, and never pass the longest", arguments: 1...40)
    func pauses(_ attempts: Int) {
        let pause = Keyring.pause(after: attempts, longest: .seconds(15))
        #expect(pause <= .seconds(15) && pause >= .milliseconds(125))
    }

    @Test("one environment's silent main key delays none of a thousand others")
    func hanging() async throws {
        let bench = try Bench()
        let hung = try await bench.environment("acme/prod")
        bench.keys.hold(hung.identity.name)
        async let waiting = bench.keyring.encryptionKey(for: .event, of: hung)
        while bench.keys.held(hung.identity.name) == 0 { await Task.yield() }
        for number in 0..<1000 {
            let other = try await bench.warmEnvironment("globex/e\(number)")
            _ = try await bench.keyring.encryptionKey(for: .job("1"), of: other)
        }
        bench.keys.release(hung.identity.name)
        _ = try await waiting
    }

    @Test("a damaged environment stays shut, and the others work on")
    func damaged() async throws {
        let bench = try Bench()
        let environment = try await bench.environment("acme/prod")
        let other = try await bench.environment("globex/prod")
        bench.store.change(environment.identity.id) { $0.damage = "main_keys" }
        let again = Keyring(
            store: bench.store, provider: bench.keys, root: bench.keyring.root, clock: bench.clock, wallClock: bench.wallClock)
        try await again.load()
        let shut = try #require(again.environment(environment.identity.name))
        await #expect(throws: HierarchyError(.damaged, "", remedy: "")) { try await again.encryptionKey(for: .log, of: shut) }
        #expect(shut.state(at: bench.clock.now) == .damaged)
        let open = try #require(again.environment(other.identity.name))
        _ = try await again.encryptionKey(for: .log, of: open)
    }
}
