import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("A store that others change, too")
struct LeaseTests {
    @Test("its keys are used until its lease ends, if that is before the main key's deadline, and again once it has spoken")
    func lease() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.warmEnvironment("acme/prod")
        let envelope = try await fixture.encrypt("text", .event, in: environment)
        let proved = environment.deadline
        #expect(environment.secondsLeft(at: fixture.clock.now) == 300)
        fixture.store.leaseEnd = fixture.clock.now.advanced(by: .seconds(60))
        #expect(environment.secondsLeft(at: fixture.clock.now) == 60)
        fixture.clock.advance(by: .seconds(59))
        #expect(environment.encryptionKey(for: .event, hour: fixture.wallClock.now.hour, at: fixture.clock.now) != nil)
        fixture.clock.advance(by: .seconds(1))
        #expect(environment.encryptionKey(for: .event, hour: fixture.wallClock.now.hour, at: fixture.clock.now) == nil)
        #expect(environment.secondsLeft(at: fixture.clock.now) == 0)
        // Whatever the main key says.
        await #expect(throws: HierarchyError.self) { try await fixture.decrypt(envelope) }
        await #expect(throws: HierarchyError.self) { try await fixture.encrypt("more", .event, in: environment) }
        fixture.store.leaseEnd = fixture.clock.now.advanced(by: .seconds(3600))
        #expect(environment.deadline >= proved)
        #expect(try await fixture.decrypt(envelope) == "text")
    }
}
