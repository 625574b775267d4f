import Cryptography
import EKMServer
import EKMWire
import KeyHierarchy
import Keyring
import TestSupport
import Testing
import Upkeep

@Suite("Deadlines and hours")
struct ExpiryTests {
    @Test("Past the deadline the next use asks the main key again, even before the timer has wiped") func asksAgain() async throws {
        try await withServer { server in
            let name = try EnvironmentName("acme/prod")
            try await server.create("acme/prod")
            let client = try await server.connect()
            let ciphertext = try await client.ask(Requests.encrypt([1, 2], in: "acme/prod")).fields
            let before = server.mainKeys.decrypts(name)
            server.clock.advance(by: .seconds(299))
            let last = try await client.ask(Requests.decrypt(ciphertext))
            #expect(last.fields == [1, 2] && last.secondsLeft.seconds == 1 && server.mainKeys.decrypts(name) == before)
            server.clock.advance(by: .seconds(1))
            #expect(try await client.ask(Requests.decrypt(ciphertext)).fields == [1, 2])
            #expect(server.mainKeys.decrypts(name) == before + 1)
        }
    }

    @Test("Past the deadline nothing is served if the main key does not answer", arguments: [Verdict.restricted, .unreachable, .revoked])
    func refused(_ verdict: Verdict) async throws {
        try await withServer { server in
            let name = try EnvironmentName("acme/prod")
            let environment = try await server.create("acme/prod")
            let client = try await server.connect()
            let ciphertext = try await client.ask(Requests.encrypt([1], in: "acme/prod")).fields
            server.mainKeys.answer(.failure(MainKeyFailure(verdict: verdict, message: "No.", remedy: "Ask.")), for: name)
            // What is cached lives to its deadline, and not a moment longer.
            server.clock.advance(by: .seconds(299))
            #expect(try await client.ask(Requests.encrypt([1], in: "acme/prod")).status == 0)
            server.clock.advance(by: .seconds(1))
            let wanted = ErrorCode(rawValue: verdict == .restricted ? 64 : verdict == .revoked ? 65 : 68)
            #expect(try await client.ask(Requests.encrypt([1], in: "acme/prod")).code == wanted)
            #expect(try await client.ask(Requests.decrypt(ciphertext)).code == wanted)
            server.timer.tick()
            #expect(environment.secondsLeft(at: server.clock.now) == 0)
            // And it comes back by itself.
            server.mainKeys.answer(.granted, for: name)
            server.clock.advance(by: .seconds(60))
            #expect(try await client.ask(Requests.decrypt(ciphertext)).fields == [1])
        }
    }

    @Test("At the deadline the timer wipes every key, though nobody asks") func wiped() async throws {
        try await withServer { server in
            let environment = try await server.create("acme/prod")
            let client = try await server.connect()
            _ = try await client.ask(Requests.encrypt([1], in: "acme/prod", .event))
            let key = try #require(environment.encryptionKey(for: .event, hour: server.wallClock.now.hour, at: server.clock.now))
            #expect(key.withSecret { $0.byteCount } == 32)
            server.clock.advance(by: .seconds(299))
            server.timer.tick()
            #expect(key.withSecret { $0.byteCount } == 32)
            server.clock.advance(by: .seconds(1))
            server.timer.tick()
            #expect(key.withSecret { $0.byteCount } == nil)
        }
    }

    @Test("The timer fires by itself on the system's clock") func systemClock() async throws {
        let store = InMemoryKeyStore()
        let assembly = Assembly(
            store: store, provider: try FakeMainKeys(clock: SystemBootClock()), root: try RootKey.random(),
            settings: KeyringSettings(timeToLive: .milliseconds(50)))
        let wipes = AsyncStream.makeStream(of: Void.self)
        assembly.observers.add { if case .dropped = $0 { wipes.continuation.yield() } }
        _ = try await assembly.hierarchies.environments.create(EnvironmentName("acme/prod"), reference: .managed, material: nil)
        for await _ in wipes.stream { break }
        #expect(await assembly.expiry.isAlive())
    }

    @Test("With its hour a key encrypts no more; what it encrypted still decrypts", arguments: [EKMWire.Scope.job("1"), .event])
    func hours(_ scope: EKMWire.Scope) async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let first = try await client.ask(Requests.encrypt([1], in: "acme/prod", scope)).fields
            let second = try await client.ask(Requests.encrypt([1], in: "acme/prod", scope)).fields
            #expect(first[22..<38] == second[22..<38])
            server.wallClock.advance(by: .seconds(3600))
            let later = try await client.ask(Requests.encrypt([1], in: "acme/prod", scope)).fields
            #expect(first[22..<38] != later[22..<38])
            for ciphertext in [first, second, later] { #expect(try await client.ask(Requests.decrypt(ciphertext)).fields == [1]) }
            server.expire()
            for ciphertext in [first, second, later] { #expect(try await client.ask(Requests.decrypt(ciphertext)).fields == [1]) }
        }
    }
}
