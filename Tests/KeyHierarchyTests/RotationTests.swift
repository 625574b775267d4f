import KeyHierarchy
import TestSupport
import Testing

@Suite("Rotation")
struct RotationTests {
    @Test("a new generation is adopted at the next poll; new keys hang under it, old ones are moved, and everything opens")
    func adoption() async throws {
        let bench = try Bench()
        let environment = try await bench.kmsEnvironment("acme/prod")
        let before = try await bench.encrypt("before", .connection("crm"), in: environment)
        _ = try await bench.encrypt("hour", .event, in: environment)
        let generation = bench.keys.rotate(environment.identity.name)
        try await bench.poll()
        let view = try await bench.keyring.view(of: environment)
        #expect(view.record.environmentKey.version.number == 2)
        #expect(view.record.environmentKey.generation == generation)
        #expect(view.record.replacedAt == nil, "a rotation is no replacement")
        #expect(try await bench.census(environment) == [2, 0])
        #expect(try await bench.decrypt(before) == "before")
        _ = try await bench.encrypt("after", .connection("erp"), in: environment)
        #expect(try await bench.census(environment) == [3, 1], "born under both")
        #expect(await bench.repackToEnd(environment))
        #expect(try await bench.census(environment) == [3])
        #expect(bench.told("repacked") == 1)
        bench.forget(environment)
        #expect(try await bench.decrypt(before) == "before")
    }

    @Test("nothing is adopted while nothing was rotated, and nothing twice")
    func once() async throws {
        let bench = try Bench()
        let environment = try await bench.kmsEnvironment("acme/prod")
        for _ in 0..<3 { try await bench.poll() }
        #expect(bench.told("adopted 2") == 0)
        bench.keys.rotate(environment.identity.name)
        for _ in 0..<3 { try await bench.poll() }
        #expect(bench.told("adopted 2") == 1 && bench.told("adopted 3") == 0)
    }

    @Test("ten rotations in a row leave one version, and every earlier ciphertext opens")
    func ten() async throws {
        let bench = try Bench()
        let environment = try await bench.kmsEnvironment("acme/prod")
        var ciphertexts: [[UInt8]] = []
        for round in 0..<10 {
            ciphertexts.append(try await bench.encrypt("\(round)", .connection("c\(round)"), in: environment))
            bench.keys.rotate(environment.identity.name)
            try await bench.poll()
            if round.isMultiple(of: 3) { #expect(await bench.repackToEnd(environment)) }
        }
        #expect(await bench.repackToEnd(environment))
        #expect(try await bench.census(environment) == [10])
        bench.forget(environment)
        for (round, ciphertext) in ciphertexts.enumerated() { #expect(try await bench.decrypt(ciphertext) == "\(round)") }
    }

    @Test("one poll serves every environment that shares the key")
    func shared() async throws {
        let bench = try Bench()
        let first = try await bench.kmsEnvironment("acme/prod")
        let second = try await bench.kmsEnvironment("acme/dev")
        bench.keys.rotate(Bench.kms)
        let asked = bench.keys.inspections(Bench.kms)
        try await bench.poll()
        #expect(bench.keys.inspections(Bench.kms) == asked + 1)
        for environment in [first, second] {
            #expect(try await bench.keyring.view(of: environment).record.environmentKey.version.number == 2)
        }
    }

    @Test("a KMS that tells no generation wraps the environment key anew once a day, and on demand")
    func refresh() async throws {
        let bench = try Bench()
        let environment = try await bench.kmsEnvironment("acme/prod")
        bench.keys.tellGenerations(false, for: environment.identity.name)
        let first = try await bench.keyring.view(of: environment).record.environmentKey
        try await bench.poll()
        #expect(try await bench.keyring.view(of: environment).record.environmentKey.wrapped == first.wrapped)
        bench.clock.advance(by: .seconds(86_400))
        bench.wallClock.advance(by: .seconds(86_400))
        try await bench.poll()
        let second = try await bench.keyring.view(of: environment).record.environmentKey
        #expect(second.wrapped != first.wrapped && second.version == first.version)
        try await bench.keyring.refreshMainKey(of: environment)
        #expect(try await bench.keyring.view(of: environment).record.environmentKey.wrapped != second.wrapped)
        #expect(try await bench.keyring.mainKeyView(of: environment).nextRefreshAt != nil)
        let ciphertext = try await bench.encrypt("text", .event, in: environment)
        bench.forget(environment)
        #expect(try await bench.decrypt(ciphertext) == "text")
    }

    @Test("a generation that appears during a replacement is adopted after it")
    func afterReplacement() async throws {
        let bench = try Bench()
        let environment = try await bench.kmsEnvironment("acme/prod")
        _ = try await bench.encrypt("text", .log, in: environment)
        _ = try await bench.replace(environment, with: Bench.otherKMS)
        bench.keys.rotate(Bench.otherKMS)
        try await bench.poll(Bench.otherKMS)
        #expect(try await bench.keyring.view(of: environment).record.environmentKey.version.number == 2)
        #expect(await bench.repackToEnd(environment))
        try await bench.poll(Bench.otherKMS)
        #expect(try await bench.keyring.view(of: environment).record.environmentKey.version.number == 3)
    }

    @Test("a managed key rotates on demand, and keys follow; other kinds are told what to do instead")
    func managed() async throws {
        let bench = try Bench()
        let environment = try await bench.warmEnvironment("acme/prod")
        let ciphertext = try await bench.encrypt("text", .connection("crm"), in: environment)
        let first = try await bench.keyring.view(of: environment).record.mainKey.id
        try await bench.keyring.rotateManagedKey(of: environment)
        #expect(await bench.repackToEnd(environment))
        let view = try await bench.keyring.view(of: environment)
        #expect(view.record.mainKey.id != first && view.record.formerMainKeys.isEmpty)
        #expect(view.record.replacedAt == nil)
        bench.forget(environment)
        #expect(try await bench.decrypt(ciphertext) == "text")
        let other = try await bench.kmsEnvironment("acme/kms")
        await #expect(throws: HierarchyError(.wrongKind, "", remedy: "")) { try await bench.keyring.rotateManagedKey(of: other) }
    }

    @Test("each alias by which environments name a shared key is looked at")
    func aliases() async throws {
        let bench = try Bench()
        var named = Bench.kms
        for alias in ["alias/one", "alias/two", "alias/two"] {
            named.options["given"] = alias
            _ = try await bench.kmsEnvironment("acme/e\(bench.keyring.environments.count)", named)
        }
        let asked = bench.keys.inspections(Bench.kms)
        try await bench.poll()
        #expect(bench.keys.inspections(Bench.kms) == asked + 2)
    }

    @Test("what a person should know of the key is told once")
    func warnings() async throws {
        let bench = try Bench()
        let environment = try await bench.kmsEnvironment("acme/prod")
        bench.keys.setWarnings(["The alias names another key."], for: environment.identity.name)
        for _ in 0..<3 { try await bench.poll() }
        #expect(bench.told("warning The alias names another key.") == 1)
        #expect(bench.keyring.warnings == ["acme/prod: The alias names another key."])
    }
}
