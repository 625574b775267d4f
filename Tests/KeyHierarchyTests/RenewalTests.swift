import KeyHierarchy
import TestSupport
import Testing

@Suite("Renewal, denial and return")
struct RenewalTests {
    @Test("a renewal moves the deadline, and nobody who holds a key notices")
    func renewal() async throws {
        let bench = try Bench(KeyringSettings(timeToLive: .seconds(60)))
        let environment = try await bench.kmsEnvironment("acme/prod")
        let key = try await bench.keyring.encryptionKey(for: .event, of: environment)
        bench.clock.advance(by: .seconds(48))
        key.touch(bench.clock.now)
        await bench.keyring.renew(environment)
        bench.clock.advance(by: .seconds(59))
        #expect(key.isUsable(at: bench.clock.now))
        #expect(environment.secondsLeft(at: bench.clock.now) == 1)
        bench.clock.advance(by: .seconds(1))
        #expect(!key.isUsable(at: bench.clock.now))
    }

    @Test("an inspection moves no deadline, whatever it says")
    func inspection() async throws {
        let bench = try Bench(KeyringSettings(timeToLive: .seconds(60)))
        let environment = try await bench.kmsEnvironment("acme/prod")
        bench.clock.advance(by: .seconds(48))
        try await bench.poll()
        #expect(environment.secondsLeft(at: bench.clock.now) == 12)
    }

    @Test("a granted answer that was sent before a denial and arrives after it is thrown away")
    func lateGrant() async throws {
        let bench = try Bench(KeyringSettings(timeToLive: .seconds(60)))
        let environment = try await bench.kmsEnvironment("acme/prod")
        _ = try await bench.keyring.encryptionKey(for: .event, of: environment)
        bench.clock.advance(by: .seconds(10))
        bench.keys.hold(environment.identity.name)
        let renewal = Task { await bench.keyring.renew(environment) }
        _ = try await bench.keyring.encryptionKey(for: .log, of: environment).touch(bench.clock.now)
        while bench.keys.held(environment.identity.name) == 0 { await Task.yield() }
        // The denial is learned by the poll, while the grant is under way.
        bench.keys.setState(disabled, for: environment.identity.name)
        try await bench.poll()
        bench.keys.release(environment.identity.name)
        await renewal.value
        #expect(environment.secondsLeft(at: bench.clock.now) == 0)
        #expect(environment.state(at: bench.clock.now) == .revoked)
    }

    @Test("a restriction leaves the deadline as it is; with purge it wipes at the next poll", arguments: [true, false])
    func restriction(purge: Bool) async throws {
        let bench = try Bench(KeyringSettings(timeToLive: .seconds(60), onRestriction: purge ? .purge : .expire))
        let environment = try await bench.kmsEnvironment("acme/prod")
        let key = try await bench.keyring.encryptionKey(for: .event, of: environment)
        key.touch(bench.clock.now.advanced(by: .nanoseconds(1)))
        bench.keys.answer(.failure(denied), for: environment.identity.name)
        bench.keys.refuseInspections(nil, for: environment.identity.name)
        bench.clock.advance(by: .seconds(5))
        try await bench.poll()
        #expect(environment.secondsLeft(at: bench.clock.now) == (purge ? 0 : 55))
        await bench.keyring.renew(environment)
        #expect(environment.secondsLeft(at: bench.clock.now) == (purge ? 0 : 55))
        #expect(environment.state(at: bench.clock.now) == .restricted)
        #expect(key.isUsable(at: bench.clock.now) == !purge)
    }

    @Test("a key that is off wipes at once, for every environment that shares it; when it returns, service returns by itself")
    func revocation() async throws {
        let bench = try Bench()
        let first = try await bench.kmsEnvironment("acme/prod")
        let second = try await bench.kmsEnvironment("acme/dev")
        let key = try await bench.keyring.encryptionKey(for: .event, of: first)
        bench.keys.setState(disabled, for: Bench.kms)
        bench.keys.answer(.failure(disabled), for: Bench.kms)
        try await bench.poll()
        for environment in [first, second] {
            #expect(environment.state(at: bench.clock.now) == .revoked)
            #expect(environment.secondsLeft(at: bench.clock.now) == 0)
        }
        #expect(key.withSecret { _ in true } == nil, "wiped")
        bench.keys.setState(nil, for: Bench.kms)
        bench.keys.answer(.granted, for: Bench.kms)
        try await bench.poll()
        #expect(first.state(at: bench.clock.now) == .available && second.state(at: bench.clock.now) == .available)
    }

    @Test("a lock shuts at once, and outlives a restart; nothing is lost")
    func locks() async throws {
        let bench = try Bench()
        let environment = try await bench.kmsEnvironment("acme/prod")
        let ciphertext = try await bench.encrypt("text", .event, in: environment)
        try await bench.keyring.lock(environment, reason: "an incident")
        #expect(environment.state(at: bench.clock.now) == .locked)
        #expect(environment.secondsLeft(at: bench.clock.now) == 0)
        let error = await #expect(throws: HierarchyError(.locked, "", remedy: "")) { try await bench.decrypt(ciphertext) }
        #expect(error?.message.contains("an incident") == true)
        try await bench.poll()
        await #expect(throws: HierarchyError(.locked, "", remedy: "")) { try await bench.decrypt(ciphertext) }
        let again = try await bench.restarted()
        let reloaded = try #require(again.environment(environment.identity.name))
        #expect(reloaded.state(at: bench.clock.now) == .locked)
        try await bench.keyring.unlock(environment)
        #expect(try await bench.decrypt(ciphertext) == "text")
        await #expect(throws: HierarchyError.self) { try await bench.keyring.lock(environment, reason: "") }
    }

    @Test("withdrawn material comes back with the same bytes only")
    func withdrawal() async throws {
        let bench = try Bench(local: true)
        let environment = try await bench.materialEnvironment("acme/prod", filledWith: 7)
        let ciphertext = try await bench.encrypt("text", .event, in: environment)
        await #expect(throws: HierarchyError(.confirmationMismatch, "", remedy: "")) {
            try await bench.keyring.withdrawMaterial(of: environment, confirmation: "acme/dev")
        }
        try await bench.keyring.withdrawMaterial(of: environment, confirmation: "acme/prod")
        #expect(environment.state(at: bench.clock.now) == .revoked)
        await #expect(throws: HierarchyError(.revoked, "", remedy: "")) { try await bench.decrypt(ciphertext) }
        await #expect(throws: HierarchyError(.materialDiffers, "", remedy: "")) { try await bench.upload(8, to: environment) }
        #expect(try await bench.upload(7, to: environment).kind == .restored)
        #expect(try await bench.decrypt(ciphertext) == "text")
        #expect(try await bench.keyring.view(of: environment).record.replacedAt == nil)
    }

    @Test("the next hour's key is made ahead, and taken into use in its hour without a look at the store")
    func upcoming() async throws {
        let bench = try Bench()
        let environment = try await bench.kmsEnvironment("acme/prod")
        let now = try await bench.keyring.encryptionKey(for: .event, of: environment)
        try await bench.keyring.makeUpcomingHourlyKey(of: environment)
        #expect(try await bench.keyring.encryptionKey(for: .event, of: environment) === now)
        let next = try #require(bench.store.keys(of: environment.identity.id).first { $0.id != now.id })
        bench.wallClock.advance(by: .seconds(3600))
        let reads = bench.store.calls("activeHourlyKey")
        let used = try await bench.keyring.encryptionKey(for: .event, of: environment)
        #expect(used.id == next.id)
        #expect(bench.store.calls("activeHourlyKey") == reads)
        while bench.store.calls("activateHourlyKey") == 0 { await Task.yield() }
        bench.forget(environment)
        #expect(try await bench.keyring.encryptionKey(for: .event, of: environment).id == next.id)
    }
}
