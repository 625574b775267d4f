import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("Renewal, denial and return")
struct RenewalTests {
    @Test("a renewal moves the deadline, and nobody who holds a key notices")
    func renewal() async throws {
        let fixture = try KeyringFixture(KeyringSettings(timeToLive: .seconds(60)))
        let environment = try await fixture.kmsEnvironment("acme/prod")
        let key = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        fixture.clock.advance(by: .seconds(48))
        key.touch(fixture.clock.now)
        await fixture.hierarchies.renew(environment)
        fixture.clock.advance(by: .seconds(59))
        #expect(key.isUsable(at: fixture.clock.now))
        #expect(environment.secondsLeft(at: fixture.clock.now) == 1)
        fixture.clock.advance(by: .seconds(1))
        #expect(!key.isUsable(at: fixture.clock.now))
    }

    @Test("an inspection moves no deadline, whatever it says")
    func inspection() async throws {
        let fixture = try KeyringFixture(KeyringSettings(timeToLive: .seconds(60)))
        let environment = try await fixture.kmsEnvironment("acme/prod")
        fixture.clock.advance(by: .seconds(48))
        try await fixture.poll()
        #expect(environment.secondsLeft(at: fixture.clock.now) == 12)
    }

    @Test("a granted answer that was sent before a denial and arrives after it is thrown away")
    func lateGrant() async throws {
        let fixture = try KeyringFixture(KeyringSettings(timeToLive: .seconds(60)))
        let environment = try await fixture.kmsEnvironment("acme/prod")
        _ = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        fixture.clock.advance(by: .seconds(10))
        fixture.keys.hold(environment.identity.name)
        let renewal = Task { await fixture.hierarchies.renew(environment) }
        _ = try await fixture.hierarchies.fetcher.encryptionKey(for: .log, of: environment).touch(fixture.clock.now)
        while fixture.keys.held(environment.identity.name) == 0 { await Task.yield() }
        // The denial is learned by the poll, while the grant is under way.
        fixture.keys.setState(disabled, for: environment.identity.name)
        try await fixture.poll()
        fixture.keys.release(environment.identity.name)
        await renewal.value
        #expect(environment.secondsLeft(at: fixture.clock.now) == 0)
        #expect(environment.state(at: fixture.clock.now) == .revoked)
    }

    @Test("a restriction leaves the deadline as it is; with purge it wipes at the next poll", arguments: [true, false])
    func restriction(purge: Bool) async throws {
        let fixture = try KeyringFixture(KeyringSettings(timeToLive: .seconds(60), onRestriction: purge ? .purge : .expire))
        let environment = try await fixture.kmsEnvironment("acme/prod")
        let key = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        key.touch(fixture.clock.now.advanced(by: .nanoseconds(1)))
        fixture.keys.answer(.failure(denied), for: environment.identity.name)
        fixture.keys.refuseInspections(nil, for: environment.identity.name)
        fixture.clock.advance(by: .seconds(5))
        try await fixture.poll()
        #expect(environment.secondsLeft(at: fixture.clock.now) == (purge ? 0 : 55))
        await fixture.hierarchies.renew(environment)
        #expect(environment.secondsLeft(at: fixture.clock.now) == (purge ? 0 : 55))
        #expect(environment.state(at: fixture.clock.now) == .restricted)
        #expect(key.isUsable(at: fixture.clock.now) == !purge)
    }

    @Test("a key that is off wipes at once, for every environment that shares it; when it returns, service returns by itself")
    func revocation() async throws {
        let fixture = try KeyringFixture()
        let first = try await fixture.kmsEnvironment("acme/prod")
        let second = try await fixture.kmsEnvironment("acme/dev")
        let key = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: first)
        fixture.keys.setState(disabled, for: KeyringFixture.kms)
        fixture.keys.answer(.failure(disabled), for: KeyringFixture.kms)
        try await fixture.poll()
        for environment in [first, second] {
            #expect(environment.state(at: fixture.clock.now) == .revoked)
            #expect(environment.secondsLeft(at: fixture.clock.now) == 0)
        }
        #expect(key.withSecret { _ in true } == nil, "wiped")
        fixture.keys.setState(nil, for: KeyringFixture.kms)
        fixture.keys.answer(.granted, for: KeyringFixture.kms)
        try await fixture.poll()
        #expect(first.state(at: fixture.clock.now) == .available && second.state(at: fixture.clock.now) == .available)
    }

    @Test("a lock shuts at once, and outlives a restart; nothing is lost")
    func locks() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        let ciphertext = try await fixture.encrypt("text", .event, in: environment)
        try await fixture.hierarchies.environments.lock(environment, reason: "an incident")
        #expect(environment.state(at: fixture.clock.now) == .locked)
        #expect(environment.secondsLeft(at: fixture.clock.now) == 0)
        let error = await #expect(throws: HierarchyError(.locked, "", remedy: "")) { try await fixture.decrypt(ciphertext) }
        #expect(error?.message.contains("an incident") == true)
        try await fixture.poll()
        await #expect(throws: HierarchyError(.locked, "", remedy: "")) { try await fixture.decrypt(ciphertext) }
        let again = try await fixture.restarted()
        let reloaded = try #require(again.keyring.environment(environment.identity.name))
        #expect(reloaded.state(at: fixture.clock.now) == .locked)
        try await fixture.hierarchies.environments.unlock(environment, number: nil)
        #expect(try await fixture.decrypt(ciphertext) == "text")
        await #expect(throws: HierarchyError.self) { try await fixture.hierarchies.environments.lock(environment, reason: "") }
    }

    @Test("withdrawn material comes back with the same bytes only")
    func withdrawal() async throws {
        let fixture = try KeyringFixture(local: true)
        let environment = try await fixture.materialEnvironment("acme/prod", filledWith: 7)
        let ciphertext = try await fixture.encrypt("text", .event, in: environment)
        await #expect(throws: HierarchyError(.confirmationMismatch, "", remedy: "")) {
            try await fixture.hierarchies.mainKeys.withdrawMaterial(of: environment, confirmation: "acme/dev")
        }
        #expect(try await fixture.hierarchies.mainKeys.withdrawMaterial(of: environment, confirmation: "acme/prod") == nil)
        #expect(environment.state(at: fixture.clock.now) == .revoked)
        await #expect(throws: HierarchyError(.revoked, "", remedy: "")) { try await fixture.decrypt(ciphertext) }
        await #expect(throws: HierarchyError(.materialDiffers, "", remedy: "")) { try await fixture.upload(8, to: environment) }
        #expect(try await fixture.upload(7, to: environment).kind == .restored)
        #expect(try await fixture.decrypt(ciphertext) == "text")
        #expect(try await fixture.hierarchies.views.view(of: environment).record.replacedAt == nil)
    }

    @Test("material that was withdrawn serves nobody, though another change overtakes the answer")
    func overtakenWithdrawal() async throws {
        let fixture = try KeyringFixture(local: true)
        let environment = try await fixture.materialEnvironment("acme/prod", filledWith: 7)
        let ciphertext = try await fixture.encrypt("text", .event, in: environment)
        let hierarchies = fixture.hierarchies
        let gate = StoreGate()
        fixture.store.inject(.late { await gate.wait() }, into: "setMaterial")
        async let withdrawn = hierarchies.mainKeys.withdrawMaterial(of: environment, confirmation: "acme/prod")
        while !gate.isAwaited { await Task.yield() }
        try await hierarchies.environments.changeRetention(of: environment, atOnce: true) { _ in Retention(hours: .seconds(86_400)) }
        await #expect(throws: HierarchyError(.revoked, "", remedy: "")) { try await fixture.decrypt(ciphertext) }
        gate.open()
        #expect(try await withdrawn == nil)
        await #expect(throws: HierarchyError(.revoked, "", remedy: "")) { try await fixture.decrypt(ciphertext) }
    }

    @Test("what has restored withdrawn material says so, though a lock came before it was proved")
    func restoredAndLocked() async throws {
        let fixture = try KeyringFixture(local: true)
        let environment = try await fixture.materialEnvironment("acme/prod", filledWith: 7)
        let ciphertext = try await fixture.encrypt("text", .event, in: environment)
        _ = try await fixture.hierarchies.mainKeys.withdrawMaterial(of: environment, confirmation: "acme/prod")
        let hierarchies = fixture.hierarchies
        let gate = StoreGate()
        fixture.store.inject(.late { await gate.wait() }, into: "setMaterial")
        async let restored = fixture.upload(7, to: environment)
        while !gate.isAwaited { await Task.yield() }
        fixture.store.inject(nil, into: "setMaterial")
        async let locked: Void = hierarchies.environments.lock(environment, reason: "attack")
        while environment.state(at: fixture.clock.now) != .locked { await Task.yield() }
        gate.open()
        #expect(try await restored.kind == .restored)
        try await locked
        try await hierarchies.environments.unlock(environment, number: nil)
        fixture.clock.advance(by: .seconds(60))
        #expect(try await fixture.decrypt(ciphertext) == "text")
    }

    @Test("withdrawn material comes back with the same bytes, too, where another main key has taken its place meanwhile")
    func withdrawalOfFormer() async throws {
        let fixture = try KeyringFixture(local: true)
        let environment = try await fixture.materialEnvironment("acme/prod", filledWith: 7)
        let ciphertext = try await fixture.encrypt("text", .event, in: environment)
        _ = try await fixture.hierarchies.mainKeys.withdrawMaterial(of: environment, confirmation: "acme/prod")
        let outcome = try await fixture.hierarchies.mainKeys.replaceMainKey(
            of: environment, reference: .managed, material: nil, options: ReplacementOptions(withoutOld: true))
        #expect(outcome.kind == .replaced)
        let later = try await fixture.encrypt("later", .log, in: environment)
        await #expect(throws: HierarchyError(.revoked, "", remedy: "")) { try await fixture.decrypt(ciphertext) }
        // No replacement: it need not wait for a day.
        #expect(try await fixture.upload(7, to: environment).kind == .restored)
        #expect(environment.record.mainKey.reference == .managed)
        #expect(try await fixture.decrypt(ciphertext) == "text")
        #expect(await fixture.repackToEnd(environment))
        #expect(environment.record.formerMainKeys.isEmpty)
        for (envelope, text) in [(ciphertext, "text"), (later, "later")] { #expect(try await fixture.decrypt(envelope) == text) }
        // Now these bytes are those of any other key.
        await #expect(throws: HierarchyError(.replacementTooSoon, "", remedy: "")) { try await fixture.upload(7, to: environment) }
    }

    @Test("the next hour's key is made ahead, and taken into use in its hour without a look at the store")
    func upcoming() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        let now = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        try await fixture.hierarchies.fetcher.makeUpcomingHourlyKey(of: environment)
        #expect(try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment) === now)
        let next = try #require(fixture.store.keys(of: environment.identity.id).first { $0.id != now.id })
        fixture.wallClock.advance(by: .seconds(3600))
        let reads = fixture.store.calls("hourlyKey")
        let used = try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment)
        #expect(used.id == next.id)
        #expect(fixture.store.calls("hourlyKey") == reads)
        fixture.forget(environment)
        #expect(try await fixture.hierarchies.fetcher.encryptionKey(for: .event, of: environment).id == next.id)
    }
}
