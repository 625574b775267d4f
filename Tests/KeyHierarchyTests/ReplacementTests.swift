import KeyHierarchy
import TestSupport
import Testing

@Suite("Replacement")
struct ReplacementTests {
    private static let day = Duration.seconds(86_400)

    @Test("the new main key is in force at once, old ciphertexts open on either side of the repack, and old keys encrypt nothing more")
    func replacement() async throws {
        let bench = try Bench()
        let environment = try await bench.kmsEnvironment("acme/prod")
        var old: [[UInt8]] = []
        for scope in everyScope { old.append(try await bench.encrypt("old", scope, in: environment)) }
        let held = try await bench.keyring.encryptionKey(for: .connection("crm"), of: environment)
        let outcome = try await bench.replace(environment, with: Bench.otherKMS)
        #expect(outcome.kind == .replaced && outcome.keysToMove == 3 && outcome.keysUnreadable == 0)
        let view = try await bench.keyring.view(of: environment)
        #expect(view.record.mainKey.reference == Bench.otherKMS)
        #expect(view.record.formerMainKeys.map(\.reference) == [Bench.kms])
        #expect(view.record.replacedAt == bench.wallClock.now)
        let new = try await bench.keyring.encryptionKey(for: .connection("crm"), of: environment)
        #expect(new.id != held.id, "a new version")
        #expect(held.isUsable(at: bench.clock.now), "and the old one still decrypts")
        var ciphertexts = old
        for scope in everyScope { ciphertexts.append(try await bench.encrypt("old", scope, in: environment)) }
        for ciphertext in ciphertexts { #expect(try await bench.decrypt(ciphertext) == "old") }
        #expect(await bench.repackToEnd(environment, limit: 1))
        #expect(try await bench.census(environment) == [6])
        #expect(try await bench.keyring.view(of: environment).record.formerMainKeys.isEmpty)
        bench.keys.answer(.failure(disabled), for: Bench.kms)
        bench.forget(environment)
        for ciphertext in ciphertexts { #expect(try await bench.decrypt(ciphertext) == "old") }
    }

    @Test("once in 24 hours, to the second, across a restart")
    func interval() async throws {
        let bench = try Bench()
        let environment = try await bench.kmsEnvironment("acme/prod")
        _ = try await bench.replace(environment, with: Bench.otherKMS)
        #expect(await bench.repackToEnd(environment))
        bench.wallClock.advance(by: Self.day - .seconds(1))
        bench.clock.advance(by: Self.day - .seconds(1))
        let restarted = try await bench.restarted()
        let reloaded = try #require(restarted.environment(environment.identity.name))
        for (keyring, environment) in [(bench.keyring, environment), (restarted, reloaded)] {
            let error = await #expect(throws: HierarchyError(.replacementTooSoon, "", remedy: "")) {
                try await keyring.replaceMainKey(of: environment, reference: Bench.kms, material: nil, options: ReplacementOptions())
            }
            #expect(error?.remedy.contains(bench.wallClock.now.advanced(by: .seconds(1)).description) == true)
        }
        bench.wallClock.advance(by: .seconds(1))
        bench.clock.advance(by: .seconds(1))
        _ = try await bench.replace(environment, with: Bench.kms)
    }

    @Test("a new key that does not prove itself changes nothing", arguments: [denied, disabled, silent])
    func badNew(_ failure: MainKeyFailure) async throws {
        let bench = try Bench()
        let environment = try await bench.kmsEnvironment("acme/prod")
        let before = try await bench.keyring.view(of: environment).record
        bench.keys.answer(.failure(failure), for: Bench.otherKMS)
        await #expect(throws: HierarchyError(.mainKeyInaccessible, "", remedy: "")) {
            try await bench.replace(environment, with: Bench.otherKMS)
        }
        let after = try await bench.keyring.view(of: environment).record
        #expect(after.mainKey.id == before.mainKey.id && after.environmentKey.version == .first && after.repack == nil)
        #expect(after.replacedAt == nil)
        _ = try await bench.encrypt("text", .event, in: environment)
    }

    @Test("the old key must prove itself then and there, whatever the cache still holds")
    func oldDenied() async throws {
        let bench = try Bench()
        let environment = try await bench.kmsEnvironment("acme/prod")
        _ = try await bench.encrypt("text", .event, in: environment)
        bench.keys.answer(.failure(denied), for: Bench.kms)
        await #expect(throws: HierarchyError(.restricted, "", remedy: "")) { try await bench.replace(environment, with: Bench.otherKMS) }
        #expect(environment.secondsLeft(at: bench.clock.now) > 0, "the denial moved no deadline either")
        #expect(try await bench.keyring.view(of: environment).record.mainKey.reference == Bench.kms)
    }

    @Test("without the old key: a new environment key, old keys unreadable until it is granted again, then moved")
    func withoutOld() async throws {
        let bench = try Bench()
        let environment = try await bench.kmsEnvironment("acme/prod")
        let old = try await bench.encrypt("old", .connection("crm"), in: environment)
        bench.keys.answer(.failure(disabled), for: Bench.kms)
        bench.forget(environment)
        let outcome = try await bench.replace(environment, with: Bench.otherKMS, ReplacementOptions(withoutOld: true))
        #expect(outcome.keysUnreadable == 1)
        let new = try await bench.encrypt("new", .connection("crm"), in: environment)
        #expect(try await bench.decrypt(new) == "new")
        await #expect(throws: HierarchyError(.revoked, "", remedy: "")) { try await bench.decrypt(old) }
        #expect(environment.secondsLeft(at: bench.clock.now) > 0, "the old key's revocation ends nothing of the new one's")
        #expect(await bench.repackToEnd(environment) == false)
        #expect(bench.keyring.repackView(of: environment)?.waitingFor?.code == .revoked)
        #expect(try await bench.census(environment) == [1, 1])
        bench.keys.answer(.granted, for: Bench.kms)
        bench.clock.advance(by: .seconds(60))
        try await bench.poll(Bench.kms)
        #expect(await bench.repackToEnd(environment))
        #expect(try await bench.census(environment) == [2])
        #expect(try await bench.decrypt(old) == "old")
    }

    @Test("a dry run says what would happen, and changes nothing")
    func dryRun() async throws {
        let bench = try Bench()
        let environment = try await bench.kmsEnvironment("acme/prod")
        _ = try await bench.encrypt("text", .log, in: environment)
        let outcome = try await bench.replace(environment, with: Bench.otherKMS, ReplacementOptions(isDryRun: true))
        #expect(outcome.kind == .planned && outcome.keysToMove == 1 && outcome.estimatedTime > .zero && !outcome.findings.isEmpty)
        #expect(try await bench.keyring.view(of: environment).record.mainKey.reference == Bench.kms)
        bench.keys.answer(.failure(denied), for: Bench.otherKMS)
        await #expect(throws: HierarchyError.self) {
            try await bench.replace(environment, with: Bench.otherKMS, ReplacementOptions(isDryRun: true, whenGranted: true))
        }
        #expect(try await bench.keyring.view(of: environment).record.pendingMainKey == nil)
    }

    @Test("a key that is not granted yet is tried at every poll, and completes the replacement by itself")
    func whenGranted() async throws {
        let bench = try Bench()
        let environment = try await bench.kmsEnvironment("acme/prod")
        let old = try await bench.encrypt("old", .event, in: environment)
        bench.keys.answer(.failure(denied), for: Bench.otherKMS)
        #expect(try await bench.replace(environment, with: Bench.otherKMS, ReplacementOptions(whenGranted: true)).kind == .pending)
        try await bench.poll(Bench.otherKMS)
        let view = try await bench.keyring.mainKeyView(of: environment)
        #expect(view.record.pendingMainKey?.reference == Bench.otherKMS && view.pendingAnswer?.verdict == .restricted)
        #expect(view.record.mainKey.reference == Bench.kms)
        bench.keys.answer(.granted, for: Bench.otherKMS)
        try await bench.poll(Bench.otherKMS)
        let record = try await bench.keyring.view(of: environment).record
        #expect(record.mainKey.reference == Bench.otherKMS && record.pendingMainKey == nil && record.replacedAt == bench.wallClock.now)
        #expect(try await bench.decrypt(old) == "old")
    }

    @Test("what waits for its grant can be withdrawn, and is given up after 7 days")
    func pending() async throws {
        let bench = try Bench()
        let environment = try await bench.kmsEnvironment("acme/prod")
        bench.keys.answer(.failure(denied), for: Bench.otherKMS)
        for isWithdrawn in [true, false] {
            _ = try await bench.replace(environment, with: Bench.otherKMS, ReplacementOptions(whenGranted: true))
            if isWithdrawn {
                try await bench.keyring.cancelPending(of: environment)
            } else {
                bench.wallClock.advance(by: Self.day * 7 - .seconds(1))
                bench.clock.advance(by: Self.day * 7 - .seconds(1))
                try await bench.poll(Bench.otherKMS)
                #expect(try await bench.keyring.view(of: environment).record.pendingMainKey != nil)
                bench.wallClock.advance(by: .seconds(1))
                bench.clock.advance(by: .seconds(1))
                try await bench.poll(Bench.otherKMS)
            }
            #expect(try await bench.keyring.view(of: environment).record.pendingMainKey == nil)
        }
        await #expect(throws: HierarchyError.self) { try await bench.keyring.cancelPending(of: environment) }
    }
}
