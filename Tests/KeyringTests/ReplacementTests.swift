import Bedrock
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("Replacement")
struct ReplacementTests {
    private static let day = Duration.seconds(86_400)

    @Test("the new main key is in force at once, old ciphertexts open on either side of the repack, and old keys encrypt nothing more")
    func replacement() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        var old: [[UInt8]] = []
        for scope in everyScope { old.append(try await fixture.encrypt("old", scope, in: environment)) }
        let held = try await fixture.hierarchies.fetcher.encryptionKey(for: .connection("crm"), of: environment)
        let outcome = try await fixture.replace(environment, with: KeyringFixture.otherKMS)
        #expect(outcome.kind == .replaced && outcome.keysToMove == 3 && outcome.keysUnreadable == 0)
        let view = try await fixture.hierarchies.views.view(of: environment)
        #expect(view.record.mainKey.reference == KeyringFixture.otherKMS)
        #expect(view.record.formerMainKeys.map(\.reference) == [KeyringFixture.kms])
        #expect(view.record.replacedAt == Stamp(fixture.wallClock.now))
        let new = try await fixture.hierarchies.fetcher.encryptionKey(for: .connection("crm"), of: environment)
        #expect(new.id != held.id, "a new version")
        #expect(held.isUsable(at: fixture.clock.now), "and the old one still decrypts")
        var ciphertexts = old
        for scope in everyScope { ciphertexts.append(try await fixture.encrypt("old", scope, in: environment)) }
        for ciphertext in ciphertexts { #expect(try await fixture.decrypt(ciphertext) == "old") }
        #expect(await fixture.repackToEnd(environment, limit: 1))
        #expect(try await fixture.census(environment) == [6])
        #expect(try await fixture.hierarchies.views.view(of: environment).record.formerMainKeys.isEmpty)
        fixture.keys.answer(.failure(disabled), for: KeyringFixture.kms)
        fixture.forget(environment)
        for ciphertext in ciphertexts { #expect(try await fixture.decrypt(ciphertext) == "old") }
    }

    @Test("a key that is made while the store keeps a replacement of which nobody has heard yet is made anew below the new main key")
    func unheard() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        let gate = StoreGate()
        fixture.store.inject(.late { await gate.wait() }, into: "adopt")
        async let outcome = fixture.replace(environment, with: KeyringFixture.otherKMS)
        defer { gate.open() }
        while !gate.isAwaited { await Task.yield() }
        let ciphertext = try await fixture.encrypt("meanwhile", .connection("crm"), in: environment)
        gate.open()
        #expect(try await outcome.kind == .replaced)
        let key = try #require(fixture.store.keys(of: environment.identity.id).first)
        #expect(key.born.number == 2)
        #expect(try await fixture.decrypt(ciphertext) == "meanwhile")
        _ = try await fixture.encrypt("after", .event, in: environment)
    }

    @Test("once in 24 hours, to the second, across a restart")
    func interval() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        _ = try await fixture.replace(environment, with: KeyringFixture.otherKMS)
        #expect(await fixture.repackToEnd(environment))
        fixture.wallClock.advance(by: Self.day - .seconds(1))
        fixture.clock.advance(by: Self.day - .seconds(1))
        let restarted = try await fixture.restarted()
        let reloaded = try #require(restarted.keyring.environment(environment.identity.name))
        for (keyring, environment) in [(fixture.hierarchies, environment), (restarted, reloaded)] {
            let error = await #expect(throws: HierarchyError(.replacementTooSoon, "", remedy: "")) {
                try await keyring.mainKeys.replaceMainKey(
                    of: environment, reference: KeyringFixture.kms, material: nil, options: ReplacementOptions())
            }
            #expect(error?.remedy.contains(fixture.wallClock.now.advanced(by: .seconds(1)).description) == true)
        }
        fixture.wallClock.advance(by: .seconds(1))
        fixture.clock.advance(by: .seconds(1))
        _ = try await fixture.replace(environment, with: KeyringFixture.kms)
    }

    @Test("a new key that does not prove itself changes nothing", arguments: [denied, disabled, silent])
    func badNew(_ failure: MainKeyFailure) async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        let before = try await fixture.hierarchies.views.view(of: environment).record
        fixture.keys.answer(.failure(failure), for: KeyringFixture.otherKMS)
        await #expect(throws: HierarchyError(.mainKeyInaccessible, "", remedy: "")) {
            try await fixture.replace(environment, with: KeyringFixture.otherKMS)
        }
        let after = try await fixture.hierarchies.views.view(of: environment).record
        #expect(after.mainKey.id == before.mainKey.id && after.environmentKey.version == .first && after.repack == nil)
        #expect(after.replacedAt == nil)
        _ = try await fixture.encrypt("text", .event, in: environment)
    }

    @Test("the old key must prove itself then and there, whatever the cache still holds")
    func oldDenied() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        _ = try await fixture.encrypt("text", .event, in: environment)
        fixture.keys.answer(.failure(denied), for: KeyringFixture.kms)
        await #expect(throws: HierarchyError(.restricted, "", remedy: "")) {
            try await fixture.replace(environment, with: KeyringFixture.otherKMS)
        }
        #expect(environment.secondsLeft(at: fixture.clock.now) > 0, "the denial moved no deadline either")
        #expect(try await fixture.hierarchies.views.view(of: environment).record.mainKey.reference == KeyringFixture.kms)
    }

    @Test("without the old key: a new environment key, old keys unreadable until it is granted again, then moved")
    func withoutOld() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        let old = try await fixture.encrypt("old", .connection("crm"), in: environment)
        fixture.keys.answer(.failure(disabled), for: KeyringFixture.kms)
        fixture.forget(environment)
        let outcome = try await fixture.replace(environment, with: KeyringFixture.otherKMS, ReplacementOptions(withoutOld: true))
        #expect(outcome.keysUnreadable == 1)
        let new = try await fixture.encrypt("new", .connection("crm"), in: environment)
        #expect(try await fixture.decrypt(new) == "new")
        await #expect(throws: HierarchyError(.revoked, "", remedy: "")) { try await fixture.decrypt(old) }
        #expect(environment.secondsLeft(at: fixture.clock.now) > 0, "the old key's revocation ends nothing of the new one's")
        #expect(await fixture.repackToEnd(environment) == false)
        #expect(environment.repackView()?.waitingFor?.code == .revoked)
        #expect(try await fixture.census(environment) == [1, 1])
        fixture.keys.answer(.granted, for: KeyringFixture.kms)
        fixture.clock.advance(by: .seconds(60))
        try await fixture.poll(KeyringFixture.kms)
        #expect(await fixture.repackToEnd(environment))
        #expect(try await fixture.census(environment) == [2])
        #expect(try await fixture.decrypt(old) == "old")
    }

    @Test("a dry run says what would happen, and changes nothing")
    func dryRun() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        _ = try await fixture.encrypt("text", .log, in: environment)
        let outcome = try await fixture.replace(environment, with: KeyringFixture.otherKMS, ReplacementOptions(isDryRun: true))
        #expect(outcome.kind == .planned && outcome.keysToMove == 1 && outcome.estimatedTime > .zero && !outcome.findings.isEmpty)
        #expect(try await fixture.hierarchies.views.view(of: environment).record.mainKey.reference == KeyringFixture.kms)
        fixture.keys.answer(.failure(denied), for: KeyringFixture.otherKMS)
        await #expect(throws: HierarchyError.self) {
            try await fixture.replace(environment, with: KeyringFixture.otherKMS, ReplacementOptions(isDryRun: true, whenGranted: true))
        }
        #expect(try await fixture.hierarchies.views.view(of: environment).record.pending == nil)
    }

    @Test("a key that is not granted yet is tried at every poll, and completes the replacement by itself")
    func whenGranted() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        let old = try await fixture.encrypt("old", .event, in: environment)
        fixture.keys.answer(.failure(denied), for: KeyringFixture.otherKMS)
        #expect(
            try await fixture.replace(environment, with: KeyringFixture.otherKMS, ReplacementOptions(whenGranted: true)).kind == .pending)
        try await fixture.poll(KeyringFixture.otherKMS)
        let view = try await fixture.hierarchies.views.mainKeyView(of: environment)
        #expect(view.record.pending?.record.reference == KeyringFixture.otherKMS && view.pendingAnswer?.verdict == .restricted)
        #expect(view.record.mainKey.reference == KeyringFixture.kms)
        fixture.keys.answer(.granted, for: KeyringFixture.otherKMS)
        try await fixture.poll(KeyringFixture.otherKMS)
        let record = try await fixture.hierarchies.views.view(of: environment).record
        #expect(
            record.mainKey.reference == KeyringFixture.otherKMS && record.pending == nil
                && record.replacedAt == Stamp(fixture.wallClock.now))
        #expect(try await fixture.decrypt(old) == "old")
    }

    @Test("what waits for its grant can be withdrawn, and is given up after 7 days")
    func pending() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        fixture.keys.answer(.failure(denied), for: KeyringFixture.otherKMS)
        for isWithdrawn in [true, false] {
            _ = try await fixture.replace(environment, with: KeyringFixture.otherKMS, ReplacementOptions(whenGranted: true))
            if isWithdrawn {
                try await fixture.hierarchies.mainKeys.cancelPending(of: environment)
            } else {
                fixture.wallClock.advance(by: Self.day * 7 - .seconds(1))
                fixture.clock.advance(by: Self.day * 7 - .seconds(1))
                try await fixture.poll(KeyringFixture.otherKMS)
                #expect(try await fixture.hierarchies.views.view(of: environment).record.pending != nil)
                fixture.wallClock.advance(by: .seconds(1))
                fixture.clock.advance(by: .seconds(1))
                try await fixture.poll(KeyringFixture.otherKMS)
            }
            #expect(try await fixture.hierarchies.views.view(of: environment).record.pending == nil)
        }
        await #expect(throws: HierarchyError.self) { try await fixture.hierarchies.mainKeys.cancelPending(of: environment) }
    }

    @Test("a key that is off is met as such, too, where it is asked about as a candidate")
    func revokedCandidate() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        let ciphertext = try await fixture.encrypt("x", .log, in: environment)
        fixture.keys.answer(.failure(MainKeyFailure(verdict: .revoked, message: "off", remedy: "")), for: KeyringFixture.kms)
        await #expect(throws: HierarchyError.self) {
            try await fixture.replace(environment, with: KeyringFixture.kms, ReplacementOptions(withoutOld: true))
        }
        #expect(environment.keysInMemory.keys == 0)
        await #expect(throws: HierarchyError(.revoked, "", remedy: "")) { try await fixture.decrypt(ciphertext) }
    }

    @Test("that it is given up is told, also where the store does not answer to it")
    func givenUpInDoubt() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        fixture.keys.answer(.failure(denied), for: KeyringFixture.otherKMS)
        _ = try await fixture.replace(environment, with: KeyringFixture.otherKMS, ReplacementOptions(whenGranted: true))
        fixture.wallClock.advance(by: Self.day * 7)
        fixture.clock.advance(by: Self.day * 7)
        fixture.store.inject(.after, into: "setPending")
        try await fixture.poll(KeyringFixture.otherKMS)
        fixture.store.inject(nil, into: "setPending")
        let told = fixture.events.withLock { $0 }.filter { $0.contains("is given up after 7 days") }
        #expect(told.count == 1)
        #expect(try await fixture.store.environment(environment.identity.id)?.pending == nil)
    }
}
