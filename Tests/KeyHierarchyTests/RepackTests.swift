import KeyHierarchy
import TestSupport
import Testing

@Suite("Repack")
struct RepackTests {
    /// An environment with so many connection keys, whose main key was replaced.
    private func replaced(_ bench: Bench, keys: Int) async throws -> (LiveEnvironment, [[UInt8]]) {
        let environment = try await bench.kmsEnvironment("acme/prod")
        var ciphertexts: [[UInt8]] = []
        for number in 0..<keys {
            ciphertexts.append(try await bench.encrypt("\(number)", .connection("c\(number)"), in: environment))
        }
        _ = try await bench.replace(environment, with: Bench.otherKMS)
        return (environment, ciphertexts)
    }

    @Test("it goes on where it stopped, after a restart too")
    func resumes() async throws {
        let bench = try Bench()
        let (environment, ciphertexts) = try await replaced(bench, keys: 10)
        for _ in 0..<2 { await bench.repackStep(environment, limit: 3) }
        #expect(bench.keyring.repackView(of: environment)?.record.moved == 6)
        let again = try await bench.restarted()
        let reloaded = try #require(again.environment(environment.identity.name))
        #expect(again.repackView(of: reloaded)?.record.moved == 6)
        for _ in 0..<20 { _ = await again.repackStep(of: reloaded, limit: 3, turn: Turn()) { $0() } }
        #expect(try await again.view(of: reloaded).census.map(\.keys) == [10])
        for (number, ciphertext) in ciphertexts.enumerated() {
            let header = try EnvelopeHeader(parsing: ciphertext.span.bytes)
            _ = try await again.decryptionKey(for: header, envelope: ciphertext, of: reloaded)
            #expect(try await bench.decrypt(ciphertext) == "\(number)")
        }
    }

    @Test("it waits while either main key fails, says why, and goes on", arguments: [true, false])
    func waits(old: Bool) async throws {
        let bench = try Bench()
        let (environment, _) = try await replaced(bench, keys: 6)
        await bench.repackStep(environment, limit: 2)
        let failing = old ? Bench.kms : Bench.otherKMS
        bench.keys.answer(.failure(silent), for: failing)
        bench.forget(environment)
        #expect(await bench.repackToEnd(environment, limit: 2) == false)
        #expect(bench.keyring.repackView(of: environment)?.waitingFor?.code == .unreachable)
        #expect(bench.keyring.repackView(of: environment)?.record.moved == 2)
        bench.keys.answer(.granted, for: failing)
        bench.clock.advance(by: .seconds(60))
        #expect(await bench.repackToEnd(environment, limit: 2))
        #expect(try await bench.census(environment) == [6])
    }

    @Test("a pause holds it, also over a restart")
    func pause() async throws {
        let bench = try Bench()
        let (environment, _) = try await replaced(bench, keys: 4)
        await bench.repackStep(environment, limit: 1)
        try await bench.keyring.pauseRepack(of: environment)
        #expect(await bench.repackToEnd(environment))
        let again = try await bench.restarted()
        let reloaded = try #require(again.environment(environment.identity.name))
        #expect(again.repackView(of: reloaded)?.record.state == .paused)
        #expect(bench.keyring.repackView(of: environment)?.record.moved == 1)
        try await bench.keyring.resumeRepack(of: environment)
        #expect(await bench.repackToEnd(environment))
        #expect(try await bench.census(environment) == [4])
        await #expect(throws: HierarchyError(.noRepack, "", remedy: "")) { try await bench.keyring.pauseRepack(of: environment) }
    }

    @Test("a cancel brings the old main key back, loses nothing, and gives no second replacement")
    func cancel() async throws {
        let bench = try Bench()
        let (environment, ciphertexts) = try await replaced(bench, keys: 5)
        await bench.repackStep(environment, limit: 2)
        let born = try await bench.encrypt("born", .connection("new"), in: environment)
        try await bench.keyring.cancelRepack(of: environment)
        let view = try await bench.keyring.view(of: environment)
        #expect(view.record.mainKey.reference == Bench.kms && view.record.formerMainKeys.isEmpty && view.record.repack == nil)
        #expect(view.census.map(\.keys) == [6])
        #expect(await bench.repackToEnd(environment))
        bench.keys.answer(.failure(disabled), for: Bench.otherKMS)
        bench.forget(environment)
        for (number, ciphertext) in ciphertexts.enumerated() { #expect(try await bench.decrypt(ciphertext) == "\(number)") }
        #expect(try await bench.decrypt(born) == "born")
        await #expect(throws: HierarchyError(.replacementTooSoon, "", remedy: "")) {
            try await bench.replace(environment, with: Bench.otherKMS)
        }
    }

    @Test("a cancel is refused where keys would be lost, or the old main key does not answer")
    func refusedCancel() async throws {
        let bench = try Bench()
        let (environment, _) = try await replaced(bench, keys: 2)
        bench.keys.answer(.failure(denied), for: Bench.kms)
        await #expect(throws: HierarchyError(.restricted, "", remedy: "")) { try await bench.keyring.cancelRepack(of: environment) }
        bench.forget(environment)
        _ = try await bench.encrypt("born without the old key", .connection("alone"), in: environment)
        bench.keys.answer(.granted, for: Bench.kms)
        bench.clock.advance(by: .seconds(60))
        await #expect(throws: HierarchyError(.wouldLose, "", remedy: "")) { try await bench.keyring.cancelRepack(of: environment) }
        #expect(await bench.repackToEnd(environment))
    }

    @Test("a rotation's repack cannot be cancelled; a replacement takes it over")
    func takeOver() async throws {
        let bench = try Bench()
        let environment = try await bench.kmsEnvironment("acme/prod")
        for number in 0..<4 { _ = try await bench.encrypt("x", .connection("c\(number)"), in: environment) }
        bench.keys.rotate(Bench.kms)
        try await bench.poll()
        await bench.repackStep(environment, limit: 2)
        await #expect(throws: HierarchyError(.wouldLose, "", remedy: "")) { try await bench.keyring.cancelRepack(of: environment) }
        _ = try await bench.replace(environment, with: Bench.otherKMS)
        #expect(bench.keyring.repackView(of: environment)?.record.cause == .replacement)
        #expect(try await bench.keyring.view(of: environment).census.count == 3)
        #expect(await bench.repackToEnd(environment, limit: 3))
        #expect(try await bench.census(environment) == [4])
    }

    @Test("a lock in the middle holds it; an unlock lets it go on")
    func lock() async throws {
        let bench = try Bench()
        let (environment, _) = try await replaced(bench, keys: 4)
        await bench.repackStep(environment, limit: 1)
        try await bench.keyring.lock(environment, reason: "incident")
        #expect(await bench.repackToEnd(environment) == false)
        #expect(bench.keyring.repackView(of: environment)?.waitingFor?.code == .locked)
        try await bench.keyring.unlock(environment)
        #expect(await bench.repackToEnd(environment))
        #expect(try await bench.census(environment) == [4])
    }

    @Test("the earlier deadline counts for a key that was not moved yet, and it alone is wiped then")
    func earlierDeadline() async throws {
        let bench = try Bench(KeyringSettings(timeToLive: .seconds(60)))
        let environment = try await bench.kmsEnvironment("acme/prod")
        let old = try await bench.encrypt("old", .connection("crm"), in: environment)
        let header = try EnvelopeHeader(parsing: old.span.bytes)
        bench.clock.advance(by: .seconds(30))
        _ = try await bench.replace(environment, with: Bench.otherKMS)
        // The old main key proved itself at the replacement; from now on it is silent.
        bench.keys.answer(.failure(silent), for: Bench.kms)
        bench.clock.advance(by: .seconds(40))
        await bench.keyring.renew(environment)
        let held = try await bench.keyring.decryptionKey(for: header, envelope: old, of: environment)
        #expect(held.deadline == bench.clock.now.advanced(by: .seconds(20)))
        let new = try await bench.keyring.encryptionKey(for: .connection("crm"), of: environment)
        bench.clock.advance(by: .seconds(20))
        #expect(!held.isUsable(at: bench.clock.now) && new.isUsable(at: bench.clock.now))
        bench.keyring.expire(environment.identity.id)
        #expect(held.withSecret { _ in true } == nil, "wiped")
        #expect(new.withSecret { _ in true } == true, "lives on")
    }
}
