import Bedrock
import Cryptography
import Foundation
import KeyHierarchy
import TestSupport
import Testing

@Suite("Erasure")
struct ErasureTests {
    @Test("hours before a time are erased: out of the store, out of memory, and the rest stays")
    func hours() async throws {
        let bench = try await ErasureBench()
        let environment = try await bench.bench.warmEnvironment("acme/prod")
        let crm = try await bench.bench.encrypt("crm", .connection("crm"), in: environment)
        let envelopes = try await bench.hours(6, in: environment)
        // Warm again: the deadline came between the hours.
        for envelope in envelopes { _ = try await bench.bench.decrypt(envelope) }
        let time = WallTime(seconds: bench.now.hour.start.seconds - 3 * 3600)
        let receipt = try await bench.erase(.before(time), of: environment)

        #expect(receipt.keys.hourly == 3)
        #expect(receipt.keys.count == 3)
        for (hour, envelope) in envelopes.enumerated() {
            if hour < 3 {
                await #expect(throws: HierarchyError(.erased)) { try await bench.bench.decrypt(envelope) }
            } else {
                #expect(try await bench.bench.decrypt(envelope) == "hour \(hour)")
            }
        }
        #expect(try await bench.bench.decrypt(crm) == "crm")
        #expect(try await bench.store.openErasures().isEmpty)
    }

    @Test("an erased key, and the data keys under it, are wiped at once, whoever still holds them")
    func wiped() async throws {
        let bench = try await ErasureBench()
        let environment = try await bench.bench.warmEnvironment("acme/prod")
        let event = try await bench.keyring.encryptionKey(for: .event, of: environment)
        let job = try await bench.keyring.encryptionKey(for: .job("42"), of: environment)
        let envelope = try await bench.bench.encrypt("job", .job("43"), in: environment)
        let header = try EnvelopeHeader(parsing: envelope.span.bytes)
        let opened = try await bench.keyring.decryptionKey(for: header, envelope: envelope, of: environment)
        let log = try await bench.keyring.encryptionKey(for: .log, of: environment)
        // Into the next hour, well within the deadline.
        bench.bench.wallClock.set(WallTime(seconds: bench.now.hour.start.seconds + 3600))
        try await bench.judge.accept()
        _ = try await bench.erase(.before(bench.now), of: environment)
        for key in [event, job, opened] { #expect(!bench.isHeld(key)) }
        #expect(bench.isHeld(log))
        #expect(bench.bench.events.withLock { $0.last } == "dropped")
        #expect(environment.decryptionKey(for: header, envelope: envelope.span.bytes, at: bench.bench.clock.now) == nil)
        await #expect(throws: HierarchyError(.erased)) { try await bench.bench.decrypt(envelope) }
    }

    @Test("the key of the hour that runs is not erased, even with a time of now")
    func running() async throws {
        let bench = try await ErasureBench()
        let environment = try await bench.bench.warmEnvironment("acme/prod")
        let envelopes = try await bench.hours(2, in: environment) + [try await bench.bench.encrypt("now", .event, in: environment)]
        #expect(try await bench.erase(.before(bench.now), of: environment).keys.hourly == 2)
        #expect(try await bench.bench.decrypt(envelopes[2]) == "now")
    }

    @Test("a connection is erased in all its versions, and gets a new key when it is used again")
    func connection() async throws {
        let bench = try await ErasureBench()
        let environment = try await bench.bench.warmEnvironment("acme/prod")
        let crm = try await bench.bench.encrypt("crm", .connection("crm"), in: environment)
        let other = try await bench.bench.encrypt("other", .connection("other"), in: environment)
        let held = try await bench.keyring.encryptionKey(for: .connection("crm"), of: environment)
        let receipt = try await bench.erase(.connection("crm"), of: environment)
        #expect(receipt.subject.kind == "connection")
        #expect(receipt.subject.connection == "crm")
        #expect(receipt.keys.connection == 1)
        #expect(!bench.isHeld(held))
        await #expect(throws: HierarchyError(.erased)) { try await bench.bench.decrypt(crm) }
        #expect(try await bench.bench.decrypt(other) == "other")
        let again = try await bench.bench.encrypt("again", .connection("crm"), in: environment)
        #expect(try await bench.bench.decrypt(again) == "again")
    }

    @Test("what is refused touches nothing: a time to come, a malformed id, nothing to erase")
    func refused() async throws {
        let bench = try await ErasureBench()
        let environment = try await bench.bench.warmEnvironment("acme/prod")
        _ = try await bench.hours(2, in: environment)
        let keys = bench.keys(of: environment)
        let future = bench.now.advanced(by: .seconds(1))
        for (subject, code) in [
            (ErasureRecord.Subject.before(future), HierarchyError.Code.invalidScope), (.logs(before: future), .invalidScope),
            (.connection(""), .invalidScope), (.connection(String(repeating: "x", count: 513)), .invalidScope),
            (.connection("nobody"), .noReceipt), (.before(WallTime(seconds: 0)), .noReceipt),
        ] {
            await #expect(throws: HierarchyError(code)) { try await bench.erase(subject, of: environment) }
        }
        #expect(bench.keys(of: environment) == keys)
        #expect(bench.store.calls("beginErasure") == 0)
    }

    @Test("a preview counts and erases nothing")
    func preview() async throws {
        let bench = try await ErasureBench()
        let environment = try await bench.bench.warmEnvironment("acme/prod")
        _ = try await bench.hours(4, in: environment)
        let contents = try await bench.keyring.previewErasure(.before(bench.now), of: environment)
        #expect(contents.hourlyKeys == 4)
        #expect(bench.keys(of: environment).count == 4)
    }

    @Test("no main key is needed: it works while the environment is locked or revoked")
    func withoutMainKey() async throws {
        let bench = try await ErasureBench()
        let environment = try await bench.bench.warmEnvironment("acme/prod")
        _ = try await bench.hours(2, in: environment)
        let decrypts = bench.bench.keys.decrypts(environment.identity.name)
        bench.bench.keys.answer(
            .failure(MainKeyFailure(verdict: .revoked, message: "The key is disabled.", remedy: "Enable it.")),
            for: environment.identity.name)
        await bench.pass(.seconds(3600))
        try await bench.keyring.lock(environment, reason: "a leak")
        #expect(try await bench.erase(.before(bench.now), of: environment).keys.hourly == 2)
        #expect(bench.bench.keys.decrypts(environment.identity.name) == decrypts)
    }

    @Test("a request that waits for its main key while its key is erased is told so")
    func waiting() async throws {
        let bench = try await ErasureBench()
        let environment = try await bench.bench.warmEnvironment("acme/prod")
        let envelope = try await bench.bench.encrypt("crm", .connection("crm"), in: environment)
        await bench.pass(.seconds(600))
        bench.keyring.expire(environment.identity.id)
        // The request waits for its main key; what it reads then is gone.
        bench.bench.keys.hold(environment.identity.name)
        let request = Task { try await bench.bench.decrypt(envelope) }
        while bench.bench.keys.held(environment.identity.name) == 0 { await Task.yield() }
        _ = try await bench.erase(.connection("crm"), of: environment)
        bench.bench.keys.release(environment.identity.name)
        await #expect(throws: HierarchyError(.erased)) { try await request.value }
    }

    @Test("a key that a request read before it was erased does not come back to memory")
    func inFlight() async throws {
        let bench = try await ErasureBench()
        let environment = try await bench.bench.kmsEnvironment("acme/prod")
        let envelope = try await bench.bench.encrypt("crm", .connection("crm"), in: environment)
        let header = try EnvelopeHeader(parsing: envelope.span.bytes)
        // The connection's key hangs under the version before, which is not in memory: so the request waits after it read the store.
        bench.bench.keys.rotate(environment.identity.name)
        try await bench.bench.poll()
        let log = try await bench.bench.encrypt("log", .log, in: environment)
        bench.bench.forget(environment)
        _ = try await bench.bench.decrypt(log)
        bench.bench.keys.hold(environment.identity.name)
        let request = Task { try await bench.bench.decrypt(envelope) }
        while bench.bench.keys.held(environment.identity.name) == 0 { await Task.yield() }
        _ = try await bench.erase(.connection("crm"), of: environment)
        bench.bench.keys.release(environment.identity.name)
        await #expect(throws: HierarchyError(.erased)) { try await request.value }
        #expect(environment.decryptionKey(for: header, envelope: envelope.span.bytes, at: bench.bench.clock.now) == nil)
    }

    @Test("retention erases what outlived it, hour by hour, and is silent in between")
    func retention() async throws {
        let bench = try await ErasureBench()
        let environment = try await bench.bench.warmEnvironment("acme/prod")
        try await bench.keyring.setRetention(Retention(hours: .seconds(7200)), of: environment)
        let start = bench.now
        var erased = 0
        for _ in 0..<8 {
            _ = try await bench.bench.encrypt("event", .event, in: environment)
            for _ in 0..<6 {
                await bench.pass(.seconds(600))
                let receipts = try await bench.keyring.runRetention(of: environment)
                for receipt in receipts {
                    let receipt = try bench.read(receipt)
                    #expect(receipt.cause == "retention")
                    #expect(receipt.keys.hourly == 1)
                    #expect(receipt.keys.firstHour == start.advanced(by: .seconds(3600 * erased)).hour.start.description)
                    #expect(bench.now.seconds - 7200 >= start.hour.start.seconds + 3600 * Int64(erased + 1))
                    erased += 1
                }
            }
        }
        #expect(erased == 6)
    }

    @Test("without a retention nothing is erased by itself")
    func noRetention() async throws {
        let bench = try await ErasureBench()
        let environment = try await bench.bench.warmEnvironment("acme/prod")
        _ = try await bench.hours(3, in: environment)
        await bench.pass(.seconds(10 * 365 * 86_400))
        #expect(try await bench.keyring.runRetention(of: environment).isEmpty)
        #expect(bench.keys(of: environment).count == 3)
    }

    @Test("what goes by time waits while the clock is in doubt; a connection does not, and its receipt says so")
    func doubt() async throws {
        let bench = try await ErasureBench()
        let environment = try await bench.bench.warmEnvironment("acme/prod")
        try await bench.keyring.setRetention(Retention(hours: .seconds(90 * 86_400)), of: environment)
        _ = try await bench.bench.encrypt("crm", .connection("crm"), in: environment)
        _ = try await bench.hours(3, in: environment)
        // Forward ten years, and back one hour: not even the next tick has come.
        for jump in [Duration.seconds(10 * 365 * 86_400), .seconds(-3600)] {
            let right = bench.now
            bench.bench.wallClock.advance(by: jump)
            await #expect(throws: HierarchyError(.clockInDoubt)) {
                try await bench.keyring.runRetention(of: environment)
            }
            await #expect(throws: HierarchyError(.clockInDoubt)) { try await bench.erase(.before(right), of: environment) }
            #expect(bench.store.calls("eraseKeys") == 0)
            bench.bench.wallClock.set(right)
        }
        bench.bench.wallClock.advance(by: .seconds(-3600))
        await bench.judge.tick()
        #expect(try await bench.erase(.connection("crm"), of: environment).clock == "in doubt")
        try await bench.judge.accept()
        let hours = try await bench.erase(.before(bench.now), of: environment)
        #expect(hours.clock == "believed")
        #expect(hours.keys.hourly > 0)
    }

    @Test("the next receipt is found by its id, and another's id is refused")
    func receipts() async throws {
        let bench = try await ErasureBench()
        let environment = try await bench.bench.warmEnvironment("acme/prod")
        _ = try await bench.hours(2, in: environment)
        let signed = try await bench.keyring.erase(.before(bench.now), of: environment, cause: .command)
        #expect(try await bench.keyring.receipts(of: environment) == [signed])
        #expect(try await bench.keyring.receipt(signed.erasure) == signed)
        let other = try ErasureID.random()
        await #expect(throws: HierarchyError(.noReceipt)) { try await bench.keyring.receipt(other) }
    }
}
