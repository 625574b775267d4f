import Cryptography
import KeyHierarchy
import TestSupport
import Testing

@testable import Keyring

@Suite("The directory")
struct DirectoryTests {
    @Test("gives environments in pages, by name, whatever comes and goes between")
    func pages() async throws {
        let fixture = try KeyringFixture()
        for number in [5, 1, 3, 2, 4] { _ = try await fixture.warmEnvironment("acme/e\(number)") }
        let keyring = fixture.hierarchies.keyring
        func page(_ name: String?, _ limit: Int) throws -> [String] {
            try keyring.environments(after: name.map { try EnvironmentName($0) }, limit: limit).map { $0.identity.name.environment }
        }
        #expect(try page(nil, 2) == ["e1", "e2"])
        let gone = try EnvironmentName("acme/e2")
        _ = try await fixture.hierarchies.environments.delete(gone, confirmation: "acme/e2")
        #expect(try page("acme/e2", 2) == ["e3", "e4"])
        #expect(try page("acme/e4", 9) == ["e5"])
        #expect(try page("acme/e5", 9) == [])
        #expect(keyring.environments.map { $0.identity.name.environment } == ["e1", "e3", "e4", "e5"])
    }

    @Test("counts states, and knows the troubled ones, as they change")
    func states() async throws {
        let fixture = try KeyringFixture()
        let keyring = fixture.hierarchies.keyring
        let first = try await fixture.warmEnvironment("acme/a")
        _ = try await fixture.environment("acme/b")
        fixture.hierarchies.expire(first.identity.id)
        #expect(keyring.states == [.unproved: 2] && keyring.troubled(limit: 10).isEmpty)
        _ = try await fixture.encrypt("x", .log, in: first)
        #expect(keyring.states == [.available: 1, .unproved: 1])
        try await fixture.hierarchies.environments.lock(first, reason: "an incident")
        #expect(keyring.states == [.locked: 1, .unproved: 1])
        #expect(keyring.troubled(limit: 10).map(\.identity) == [first.identity] && keyring.troubled(limit: 0).isEmpty)
        try await fixture.hierarchies.environments.unlock(first, number: nil)
        #expect(keyring.states == [.unproved: 2] && keyring.troubled(limit: 10).isEmpty)
        _ = try await fixture.hierarchies.environments.delete(first.identity.name, confirmation: "acme/a")
        #expect(keyring.states == [.unproved: 1])
    }

    @Test("tells upkeep once of each that has changed")
    func moved() async throws {
        let fixture = try KeyringFixture()
        let keyring = fixture.hierarchies.keyring
        let environment = try await fixture.warmEnvironment("acme/a")
        #expect(keyring.takeMoved() == [environment.identity.id])
        #expect(keyring.takeMoved().isEmpty)
        try await fixture.hierarchies.environments.lock(environment, reason: "an incident")
        #expect(keyring.takeMoved() == [environment.identity.id])
        _ = try await fixture.hierarchies.environments.delete(environment.identity.name, confirmation: "acme/a")
        #expect(keyring.takeMoved() == [environment.identity.id])
        #expect(fixture.hierarchies.upkeepFacts(of: environment.identity.id) == nil)
    }

    @Test("room is made at the cost of what was not used lately, its environment keys too")
    func reclaim() async throws {
        let fixture = try KeyringFixture()
        let (idle, used) = (try await fixture.warmEnvironment("acme/idle"), try await fixture.warmEnvironment("acme/used"))
        _ = try await fixture.encrypt("x", .log, in: idle)
        _ = try await fixture.encrypt("x", .log, in: used)
        let memory = fixture.hierarchies.fetcher.memory
        // What was looked at and used since is spared while there is something else.
        fixture.clock.advance(by: .seconds(1))
        let kept = try await fixture.encrypt("y", .log, in: used)
        #expect(idle.keysInMemory.environmentKeys == 1 && used.keysInMemory.environmentKeys == 1)
        for _ in 0..<1000 where idle.keysInMemory.environmentKeys > 0 || used.keysInMemory.environmentKeys > 0 { memory.reclaim() }
        #expect(idle.keysInMemory.keys == 0 && idle.deadline.nanoseconds == 0)
        #expect(try await fixture.decrypt(kept) == "y")
        #expect(fixture.hierarchies.keyring.states == [.available: 1, .unproved: 1])
    }
}
