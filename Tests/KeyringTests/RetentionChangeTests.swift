import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("A retention that is changed")
struct RetentionChangeTests {
    private static let hour = Duration.seconds(3600)
    private static let shorter = Retention(hours: .seconds(7200))

    @Test("to a shorter one erases nothing for a day, and can be taken back until then", arguments: [true, false])
    func waits(isTakenBack: Bool) async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        let old = try await fixture.hours(4, in: environment)
        try await fixture.hierarchies.environments.changeRetention(of: environment) { _ in Self.shorter }
        for _ in 0..<23 {
            await fixture.pass(Self.hour)
            try await fixture.hierarchies.eraser.runRetention(of: environment)
        }
        #expect(try await fixture.base.decrypt(old[0]) == "hour 0")
        if isTakenBack { try await fixture.hierarchies.environments.changeRetention(of: environment) { _ in Retention() } }
        await fixture.pass(Self.hour)
        try await fixture.hierarchies.eraser.runRetention(of: environment)
        let view = try await fixture.hierarchies.views.view(of: environment)
        if isTakenBack {
            #expect(try await fixture.base.decrypt(old[0]) == "hour 0")
            #expect(view.retention == Retention())
        } else {
            await #expect(throws: HierarchyError(.erased)) { try await fixture.base.decrypt(old[0]) }
            #expect(view.retention == Self.shorter)
        }
    }

    @Test("by two at once loses neither change")
    func together() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        let administration = fixture.hierarchies.environments
        await withTaskGroup { group in
            for number in 1...4 {
                group.addTask {
                    try? await administration.changeRetention(of: environment) { asked in
                        number % 2 == 0
                            ? Retention(hours: .seconds(7200), logs: asked.logs) : Retention(hours: asked.hours, logs: .seconds(10_800))
                    }
                }
            }
        }
        #expect(environment.record.retention.asked == Retention(hours: .seconds(7200), logs: .seconds(10_800)))
        #expect(environment.record.retention.hours == nil && environment.record.retention.logs == nil)
    }

    @Test("to a shorter one is refused while the clock is in doubt, unless it is to be at once")
    func inDoubt() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        fixture.base.wallClock.advance(by: .seconds(86_400))
        await #expect(throws: HierarchyError(.clockInDoubt)) {
            try await fixture.hierarchies.environments.changeRetention(of: environment) { _ in Self.shorter }
        }
        #expect(environment.record.retention == Retention())
        try await fixture.hierarchies.environments.changeRetention(of: environment, atOnce: true) { _ in Self.shorter }
        #expect(environment.record.retention == Self.shorter)
    }
}
