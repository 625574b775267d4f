import Bedrock
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("Repack")
struct RepackTests {
    /// An environment with so many connection keys, whose main key was replaced.
    private func replaced(_ fixture: KeyringFixture, keys: Int) async throws -> (LiveEnvironment, [[UInt8]]) {
        let environment = try await fixture.kmsEnvironment("acme/prod")
        var ciphertexts: [[UInt8]] = []
        for number in 0..<keys {
            ciphertexts.append(try await fixture.encrypt("\(number)", .connection(ConnectionID("c\(number)")), in: environment))
        }
        _ = try await fixture.replace(environment, with: KeyringFixture.otherKMS)
        return (environment, ciphertexts)
    }

    @Test("it goes on where it stopped, after a restart too")
    func resumes() async throws {
        let fixture = try KeyringFixture()
        let (environment, ciphertexts) = try await replaced(fixture, keys: 10)
        for _ in 0..<2 { await fixture.repackStep(environment, limit: 3) }
        #expect(environment.repackView()?.record.moved == 6)
        let again = try await fixture.restarted()
        let reloaded = try #require(again.keyring.environment(environment.identity.name))
        #expect(reloaded.repackView()?.record.moved == 6)
        for _ in 0..<20 { _ = await again.repacker.step(of: reloaded, limit: 3, turn: AsyncLock()) { $0() } }
        #expect(try await again.views.view(of: reloaded).census.map(\.keys) == [10])
        for (number, ciphertext) in ciphertexts.enumerated() {
            let header = try EnvelopeHeader(parsing: ciphertext.span.bytes)
            _ = try await again.fetcher.decryptionKey(for: header, envelope: ciphertext, of: reloaded)
            #expect(try await fixture.decrypt(ciphertext) == "\(number)")
        }
    }

    @Test("it waits while either main key fails, says why, and goes on", arguments: [true, false])
    func waits(old: Bool) async throws {
        let fixture = try KeyringFixture()
        let (environment, _) = try await replaced(fixture, keys: 6)
        await fixture.repackStep(environment, limit: 2)
        let failing = old ? KeyringFixture.kms : KeyringFixture.otherKMS
        fixture.keys.answer(.failure(silent), for: failing)
        fixture.forget(environment)
        #expect(await fixture.repackToEnd(environment, limit: 2) == false)
        #expect(environment.repackView()?.waitingFor?.code == .unreachable)
        #expect(environment.repackView()?.record.moved == 2)
        fixture.keys.answer(.granted, for: failing)
        fixture.clock.advance(by: .seconds(60))
        #expect(await fixture.repackToEnd(environment, limit: 2))
        #expect(try await fixture.census(environment) == [6])
    }

    @Test("it ends once what it waited for is erased, though the old main key never answers again")
    func erased() async throws {
        let fixture = try KeyringFixture()
        try await fixture.hierarchies.load()
        let (environment, _) = try await replaced(fixture, keys: 1)
        fixture.keys.answer(.failure(silent), for: KeyringFixture.kms)
        fixture.forget(environment)
        #expect(await fixture.repackToEnd(environment) == false)
        _ = try await fixture.hierarchies.eraser.erase(.connection("c0"), of: environment, cause: .command)
        #expect(await fixture.repackToEnd(environment))
        #expect(environment.repackView() == nil)
    }

    @Test("a pause holds it, also over a restart")
    func pause() async throws {
        let fixture = try KeyringFixture()
        let (environment, _) = try await replaced(fixture, keys: 4)
        await fixture.repackStep(environment, limit: 1)
        try await fixture.hierarchies.repacker.pause(environment)
        #expect(await fixture.repackToEnd(environment))
        let again = try await fixture.restarted()
        let reloaded = try #require(again.keyring.environment(environment.identity.name))
        #expect(reloaded.repackView()?.record.state == .paused)
        #expect(environment.repackView()?.record.moved == 1)
        try await fixture.hierarchies.repacker.resume(environment)
        #expect(await fixture.repackToEnd(environment))
        #expect(try await fixture.census(environment) == [4])
        await #expect(throws: HierarchyError(.noRepack, "", remedy: "")) { try await fixture.hierarchies.repacker.pause(environment) }
    }

    @Test("a cancel brings the old main key back, loses nothing, and gives no second replacement")
    func cancel() async throws {
        let fixture = try KeyringFixture()
        let (environment, ciphertexts) = try await replaced(fixture, keys: 5)
        await fixture.repackStep(environment, limit: 2)
        let born = try await fixture.encrypt("born", .connection("new"), in: environment)
        try await fixture.hierarchies.repacker.cancel(environment)
        let view = try await fixture.hierarchies.views.view(of: environment)
        #expect(view.record.mainKey.reference == KeyringFixture.kms && view.record.formerMainKeys.isEmpty && view.record.repack == nil)
        #expect(view.census.map(\.keys) == [6])
        #expect(await fixture.repackToEnd(environment))
        fixture.keys.answer(.failure(disabled), for: KeyringFixture.otherKMS)
        fixture.forget(environment)
        for (number, ciphertext) in ciphertexts.enumerated() { #expect(try await fixture.decrypt(ciphertext) == "\(number)") }
        #expect(try await fixture.decrypt(born) == "born")
        await #expect(throws: HierarchyError(.replacementTooSoon, "", remedy: "")) {
            try await fixture.replace(environment, with: KeyringFixture.otherKMS)
        }
    }

    @Test("a cancel is refused where keys would be lost, or the old main key does not answer")
    func refusedCancel() async throws {
        let fixture = try KeyringFixture()
        let (environment, _) = try await replaced(fixture, keys: 2)
        fixture.keys.answer(.failure(denied), for: KeyringFixture.kms)
        await #expect(throws: HierarchyError(.restricted, "", remedy: "")) { try await fixture.hierarchies.repacker.cancel(environment) }
        fixture.forget(environment)
        _ = try await fixture.encrypt("born without the old key", .connection("alone"), in: environment)
        fixture.keys.answer(.granted, for: KeyringFixture.kms)
        fixture.clock.advance(by: .seconds(60))
        let error = await #expect(throws: HierarchyError(.wouldLose, "", remedy: "")) {
            try await fixture.hierarchies.repacker.cancel(environment)
        }
        #expect(error?.message == "1 key hangs under the new main key alone: cancelling would lose it.")
        #expect(await fixture.repackToEnd(environment))
    }

    @Test("a rotation's repack cannot be cancelled; a replacement takes it over")
    func takeOver() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        for number in 0..<4 { _ = try await fixture.encrypt("x", .connection(ConnectionID("c\(number)")), in: environment) }
        fixture.keys.rotate(KeyringFixture.kms)
        try await fixture.poll()
        await fixture.repackStep(environment, limit: 2)
        await #expect(throws: HierarchyError(.wouldLose, "", remedy: "")) { try await fixture.hierarchies.repacker.cancel(environment) }
        _ = try await fixture.replace(environment, with: KeyringFixture.otherKMS)
        #expect(environment.repackView()?.record.cause == .replacement)
        #expect(try await fixture.hierarchies.views.view(of: environment).census.count == 3)
        #expect(await fixture.repackToEnd(environment, limit: 3))
        #expect(try await fixture.census(environment) == [4])
    }

    @Test("a lock in the middle holds it; an unlock lets it go on")
    func lock() async throws {
        let fixture = try KeyringFixture()
        let (environment, _) = try await replaced(fixture, keys: 4)
        await fixture.repackStep(environment, limit: 1)
        try await fixture.hierarchies.environments.lock(environment, reason: "incident")
        #expect(await fixture.repackToEnd(environment) == false)
        #expect(environment.repackView()?.waitingFor?.code == .locked)
        try await fixture.hierarchies.environments.unlock(environment, number: nil)
        #expect(await fixture.repackToEnd(environment))
        #expect(try await fixture.census(environment) == [4])
    }

    @Test("the earlier deadline counts for a key that was not moved yet, and it alone is wiped then")
    func earlierDeadline() async throws {
        let fixture = try KeyringFixture(KeyringSettings(timeToLive: .seconds(60)))
        let environment = try await fixture.kmsEnvironment("acme/prod")
        let old = try await fixture.encrypt("old", .connection("crm"), in: environment)
        let header = try EnvelopeHeader(parsing: old.span.bytes)
        fixture.clock.advance(by: .seconds(30))
        _ = try await fixture.replace(environment, with: KeyringFixture.otherKMS)
        // The old main key proved itself at the replacement; from now on it is silent.
        fixture.keys.answer(.failure(silent), for: KeyringFixture.kms)
        fixture.clock.advance(by: .seconds(40))
        await fixture.hierarchies.renew(environment)
        let held = try await fixture.hierarchies.fetcher.decryptionKey(for: header, envelope: old, of: environment)
        #expect(held.deadline == fixture.clock.now.advanced(by: .seconds(20)))
        let new = try await fixture.hierarchies.fetcher.encryptionKey(for: .connection("crm"), of: environment)
        fixture.clock.advance(by: .seconds(20))
        #expect(!held.isUsable(at: fixture.clock.now) && new.isUsable(at: fixture.clock.now))
        fixture.hierarchies.expire(environment.identity.id)
        #expect(held.withSecret { _ in true } == nil, "wiped")
        #expect(new.withSecret { _ in true } == true, "lives on")
    }

    @Test("a repack that was resumed goes on, though the store could not tell whether it had kept that")
    func resumedUnknown() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        _ = try await fixture.encrypt("text", .log, in: environment)
        _ = try await fixture.replace(environment, with: KeyringFixture.otherKMS)
        try await fixture.hierarchies.repacker.pause(environment)
        fixture.store.inject(.after, into: "setRepackState")
        await #expect(throws: HierarchyError.self) { try await fixture.hierarchies.repacker.resume(environment) }
        fixture.store.inject(nil, into: "setRepackState")
        let before = fixture.events.withLock { $0.filter { $0 == "repack due" }.count }
        await fixture.hierarchies.records.settle()
        #expect(fixture.events.withLock { $0.filter { $0 == "repack due" }.count } == before + 1)
        #expect(environment.record.repack?.state == .running)
    }
}
