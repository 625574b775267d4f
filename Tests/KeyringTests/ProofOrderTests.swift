import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("Whose call to a KMS is next")
struct ProofOrderTests {
    @Test("A request that needs a proof does not wait for the polls that were asked for before it", .timeLimit(.minutes(1)))
    func proofFirst() async throws {
        let fixture = try KeyringFixture(KeyringSettings(callsPerSecond: 100))
        let hog = try await fixture.kmsEnvironment("acme/hog")
        let cold = try await fixture.kmsEnvironment("acme/cold", KeyringFixture.otherKMS)
        fixture.clock.advance(by: .seconds(300))
        for environment in [hog, cold] { fixture.hierarchies.expire(environment.identity.id) }
        let target = try #require(KeyringFixture.kms.pollTarget)
        let before = fixture.keys.inspections(KeyringFixture.kms)

        // The clock stands still: no more places come free than those that are waited for, one after the other.
        let polls = (0..<150).map { _ in Task { await fixture.hierarchies.poller.poll(target) } }
        while fixture.keys.inspections(KeyringFixture.kms) - before < 5 { await Task.yield() }
        _ = try await fixture.encrypt("x", .log, in: cold)
        #expect(fixture.keys.inspections(KeyringFixture.kms) - before < 75, "most polls still wait")
        for poll in polls { await poll.value }
    }
}
