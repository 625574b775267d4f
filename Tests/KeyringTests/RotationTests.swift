import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("Rotation")
struct RotationTests {
    @Test("a new generation is adopted at the next poll; new keys hang under it, old ones are moved, and everything opens")
    func adoption() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        let before = try await fixture.encrypt("before", .connection("crm"), in: environment)
        _ = try await fixture.encrypt("hour", .event, in: environment)
        let generation = fixture.keys.rotate(environment.identity.name)
        try await fixture.poll()
        let view = try await fixture.hierarchies.views.view(of: environment)
        #expect(view.record.environmentKey.version.number == 2)
        #expect(view.record.environmentKey.generation == generation)
        #expect(view.record.replacedAt == nil, "a rotation is no replacement")
        #expect(try await fixture.census(environment) == [2, 0])
        #expect(try await fixture.decrypt(before) == "before")
        _ = try await fixture.encrypt("after", .connection("erp"), in: environment)
        #expect(try await fixture.census(environment) == [3, 1], "born under both")
        #expect(await fixture.repackToEnd(environment))
        #expect(try await fixture.census(environment) == [3])
        #expect(fixture.told("repacked") == 1)
        fixture.forget(environment)
        #expect(try await fixture.decrypt(before) == "before")
    }

    @Test("nothing is adopted while nothing was rotated, and nothing twice")
    func once() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        for _ in 0..<3 { try await fixture.poll() }
        #expect(fixture.told("adopted 2") == 0)
        fixture.keys.rotate(environment.identity.name)
        for _ in 0..<3 { try await fixture.poll() }
        #expect(fixture.told("adopted 2") == 1 && fixture.told("adopted 3") == 0)
    }

    @Test("ten rotations in a row leave one version, and every earlier ciphertext opens")
    func ten() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        var ciphertexts: [[UInt8]] = []
        for round in 0..<10 {
            ciphertexts.append(try await fixture.encrypt("\(round)", .connection(ConnectionID("c\(round)")), in: environment))
            fixture.keys.rotate(environment.identity.name)
            try await fixture.poll()
            if round.isMultiple(of: 3) { #expect(await fixture.repackToEnd(environment)) }
        }
        #expect(await fixture.repackToEnd(environment))
        #expect(try await fixture.census(environment) == [10])
        fixture.forget(environment)
        for (round, ciphertext) in ciphertexts.enumerated() { #expect(try await fixture.decrypt(ciphertext) == "\(round)") }
    }

    @Test("one poll serves every environment that shares the key")
    func shared() async throws {
        let fixture = try KeyringFixture()
        let first = try await fixture.kmsEnvironment("acme/prod")
        let second = try await fixture.kmsEnvironment("acme/dev")
        fixture.keys.rotate(KeyringFixture.kms)
        let asked = fixture.keys.inspections(KeyringFixture.kms)
        try await fixture.poll()
        #expect(fixture.keys.inspections(KeyringFixture.kms) == asked + 1)
        for environment in [first, second] {
            #expect(try await fixture.hierarchies.views.view(of: environment).record.environmentKey.version.number == 2)
        }
    }

    @Test("a KMS that tells no generation wraps the environment key anew once a day, and on demand")
    func refresh() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        fixture.keys.tellGenerations(false, for: environment.identity.name)
        let first = try await fixture.hierarchies.views.view(of: environment).record.environmentKey
        try await fixture.poll()
        #expect(try await fixture.hierarchies.views.view(of: environment).record.environmentKey.wrapped == first.wrapped)
        fixture.clock.advance(by: .seconds(86_400))
        fixture.wallClock.advance(by: .seconds(86_400))
        try await fixture.poll()
        let second = try await fixture.hierarchies.views.view(of: environment).record.environmentKey
        #expect(second.wrapped != first.wrapped && second.version == first.version)
        try await fixture.hierarchies.poller.refreshMainKey(of: environment)
        #expect(try await fixture.hierarchies.views.view(of: environment).record.environmentKey.wrapped != second.wrapped)
        #expect(try await fixture.hierarchies.views.mainKeyView(of: environment).nextRefreshAt != nil)
        let ciphertext = try await fixture.encrypt("text", .event, in: environment)
        fixture.forget(environment)
        #expect(try await fixture.decrypt(ciphertext) == "text")
    }

    @Test("a generation that appears during a replacement is adopted after it")
    func afterReplacement() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        _ = try await fixture.encrypt("text", .log, in: environment)
        _ = try await fixture.replace(environment, with: KeyringFixture.otherKMS)
        fixture.keys.rotate(KeyringFixture.otherKMS)
        try await fixture.poll(KeyringFixture.otherKMS)
        #expect(try await fixture.hierarchies.views.view(of: environment).record.environmentKey.version.number == 2)
        #expect(await fixture.repackToEnd(environment))
        try await fixture.poll(KeyringFixture.otherKMS)
        #expect(try await fixture.hierarchies.views.view(of: environment).record.environmentKey.version.number == 3)
    }

    @Test("a managed key rotates on demand, and keys follow; other kinds are told what to do instead")
    func managed() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.warmEnvironment("acme/prod")
        let ciphertext = try await fixture.encrypt("text", .connection("crm"), in: environment)
        let first = try await fixture.hierarchies.views.view(of: environment).record.mainKey.id
        try await fixture.hierarchies.mainKeys.rotateManagedKey(of: environment)
        #expect(await fixture.repackToEnd(environment))
        let view = try await fixture.hierarchies.views.view(of: environment)
        #expect(view.record.mainKey.id != first && view.record.formerMainKeys.isEmpty)
        #expect(view.record.replacedAt == nil)
        fixture.forget(environment)
        #expect(try await fixture.decrypt(ciphertext) == "text")
        let other = try await fixture.kmsEnvironment("acme/kms")
        await #expect(throws: HierarchyError(.wrongKind, "", remedy: "")) {
            try await fixture.hierarchies.mainKeys.rotateManagedKey(of: other)
        }
    }

    @Test("each alias by which environments name a shared key is looked at")
    func aliases() async throws {
        let fixture = try KeyringFixture()
        var named = KeyringFixture.kms
        for alias in ["alias/one", "alias/two", "alias/two"] {
            named.options["given"] = alias
            _ = try await fixture.kmsEnvironment("acme/e\(fixture.hierarchies.keyring.environments.count)", named)
        }
        let asked = fixture.keys.inspections(KeyringFixture.kms)
        try await fixture.poll()
        #expect(fixture.keys.inspections(KeyringFixture.kms) == asked + 2)
    }

    @Test("what a person should know of the key is told once")
    func warnings() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.kmsEnvironment("acme/prod")
        fixture.keys.setWarnings(["The alias names another key."], for: environment.identity.name)
        for _ in 0..<3 { try await fixture.poll() }
        #expect(fixture.told("warning The alias names another key.") == 1)
        #expect(fixture.hierarchies.views.warnings == ["acme/prod: The alias names another key."])
    }
}
