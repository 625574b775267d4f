internal import Cryptography
import KeyHierarchy
import TestSupport
import Testing

enum MainKeyContract {
    static let cases = [
        ContractCase("keeps one environment by its id, as in the list", one),
        ContractCase("keeps a rotation: a new version under the same main key, and a repack", rotation),
        ContractCase("keeps a replacement: the old main key is a former one, and none waits any more", replacement),
        ContractCase("keeps the main key that waits for its grant", pending),
        ContractCase("keeps a version that its main key wrapped anew", rewrap),
        ContractCase("keeps material that is destroyed, and comes back", material),
        ContractCase("keeps the retention", retention),
        ContractCase("keeps the clocks as they were last seen", clock),
        ContractCase("keeps every generation that was adopted, and adopts none of them again", generations),
        ContractCase("keeps nothing that is too large, or that a text may not hold", bounds),
    ]

    @Sendable private static func one(_ store: any KeyStore) async throws {
        let environment = try Samples.replacedEnvironment("acme/prod")
        try await store.create(Samples.environment("acme/other"))
        try await store.create(environment)
        for found in [try await store.environment(environment.identity.id), try await store.environments().last] {
            let found = try #require(found)
            #expect(found.identity == environment.identity)
            #expect(found.mainKey.id == environment.mainKey.id)
            #expect(found.environmentKey.wrapped == environment.environmentKey.wrapped)
            #expect(found.environmentKey.wrappedAt == WallTime(seconds: 1_700_000_070))
            #expect(found.olderEnvironmentKeys.map(\.wrapped) == environment.olderEnvironmentKeys.map(\.wrapped))
            #expect(found.formerMainKeys.map(\.id) == environment.formerMainKeys.map(\.id))
            #expect(found.formerMainKeys.map(\.sealedMaterial) == environment.formerMainKeys.map(\.sealedMaterial))
            #expect(found.pending?.record.id == environment.pending?.record.id)
            #expect(found.pending?.withoutOld == true)
            #expect(found.replacedAt == environment.replacedAt)
            #expect(found.keyFloor == environment.keyFloor)
            #expect(found.newestVersion == environment.newestVersion)
            #expect(found.repack == environment.repack)
            #expect(found.locks == environment.locks)
            #expect(found.newestLock == environment.newestLock)
            #expect(found.retention == environment.retention)
            #expect(found.damage == nil)
        }
        #expect(try await store.environment(.random()) == nil)
    }

    @Sendable private static func rotation(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        for number in 1...3 { _ = try await store.insert(Samples.key(.log(version: UInt32(number)), of: id)) }
        let adoption = try Samples.rotation(of: environment, to: 2, previous: 1)
        try await store.adopt(adoption, of: id)
        let found = try #require(try await store.environment(id))
        #expect(found.environmentKey.wrapped == adoption.environmentKey.wrapped)
        #expect(found.olderEnvironmentKeys.map(\.wrapped) == [environment.environmentKey.wrapped])
        #expect(found.mainKey.id == environment.mainKey.id)
        #expect(found.formerMainKeys.isEmpty)
        #expect(found.keyFloor == .first)
        #expect(found.replacedAt == nil)
        #expect(found.newestVersion == Samples.version(2))
        #expect(found.repack?.target == Samples.version(2))
        #expect(found.repack?.total == 3)
        #expect(try await store.environmentKeys(of: id).map(\.version.number) == [1, 2])
        #expect(try await store.census(of: id).map(\.keys) == [3, 0])
        await #expect(throws: KeyStoreError.any(.exists)) { try await store.adopt(adoption, of: id) }
        await #expect(throws: KeyStoreError.any(.missing)) { try await store.adopt(adoption, of: .random()) }
    }

    @Sendable private static func replacement(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        try await store.adopt(Samples.rotation(of: environment, to: 2, previous: 1), of: id)
        let adoption = try Samples.replacement(to: 3, previous: 2)
        // The one that waited is what now comes.
        try await store.setPending(PendingMainKey(#require(adoption.mainKey), withoutOld: false), of: id)
        try await store.adopt(adoption, of: id)
        let found = try #require(try await store.environment(id))
        #expect(found.mainKey.id == adoption.mainKey?.id)
        #expect(found.mainKey.sealedMaterial == adoption.mainKey?.sealedMaterial)
        #expect(found.formerMainKeys.map(\.id) == [environment.mainKey.id])
        #expect(found.olderEnvironmentKeys.map(\.version.number) == [1, 2])
        #expect(found.pending == nil)
        #expect(found.replacedAt == adoption.replacedAt)
        #expect(found.keyFloor == Samples.version(3))
        #expect(found.repack?.target == Samples.version(3))
        #expect(found.damage == nil)
        // Failed whole: the current main key is what it was.
        await #expect(throws: KeyStoreError.any(.exists)) {
            try await store.adopt(Samples.replacement(to: 3, previous: 2), of: id)
        }
        #expect(try await store.environment(id)?.mainKey.id == adoption.mainKey?.id)
    }

    @Sendable private static func pending(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        for withoutOld in [true, false] {
            let mainKey = try Samples.mainKey()
            try await store.setPending(PendingMainKey(mainKey, withoutOld: withoutOld), of: id)
            let found = try #require(try await store.environment(id))
            #expect(found.pending?.record.id == mainKey.id)
            #expect(found.pending?.record.createdAt == mainKey.createdAt)
            #expect(found.pending?.withoutOld == withoutOld)
            #expect(found.mainKey.id == environment.mainKey.id)
            #expect(found.formerMainKeys.isEmpty)
        }
        // A rotation leaves it; so does a replacement that does not say otherwise.
        try await store.adopt(Samples.rotation(of: environment, to: 2, previous: 1), of: id)
        var replacement = try Samples.replacement(to: 3, previous: 2)
        replacement.endsPending = false
        try await store.adopt(replacement, of: id)
        #expect(try await store.environment(id)?.pending != nil)
        try await store.setPending(nil, of: id)
        #expect(try await store.environment(id)?.pending == nil)
        await #expect(throws: KeyStoreError.any(.missing)) {
            try await store.setPending(PendingMainKey(Samples.mainKey(), withoutOld: false), of: .random())
        }
    }

    @Sendable private static func rewrap(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        try await store.adopt(Samples.rotation(of: environment, to: 2, previous: 1), of: id)
        for number: UInt32 in [1, 2] {
            var key = try Samples.environmentKey(number, under: environment.mainKey.id)
            key.generation = Generation("renewed")
            key.wrappedAt = WallTime(seconds: 1_800_000_000)
            try await store.rewrap(key, of: id)
            let found = try #require(try await store.environmentKeys(of: id).first { $0.version == key.version })
            #expect(found.wrapped == key.wrapped)
            #expect(found.generation == key.generation)
            #expect(found.wrappedAt == key.wrappedAt)
        }
        #expect(try await store.environmentKeys(of: id).first?.createdAt == environment.environmentKey.createdAt)
        await #expect(throws: KeyStoreError.any(.missing)) {
            try await store.rewrap(Samples.environmentKey(3, under: environment.mainKey.id), of: id)
        }
    }

    @Sendable private static func material(_ store: any KeyStore) async throws {
        let environment = try Samples.replacedEnvironment("acme/prod")
        let id = environment.identity.id
        try await store.create(environment)
        let (former, pending) = (environment.formerMainKeys[0], try #require(environment.pending?.record))
        for mainKey in [environment.mainKey.id, former.id, pending.id] {
            try await store.setMaterial(nil, of: mainKey, in: id)
        }
        var found = try #require(try await store.environment(id))
        #expect(
            [found.mainKey, found.formerMainKeys.first, found.pending?.record].allSatisfy { $0 != nil && $0?.sealedMaterial == nil })
        let sealed = try Random.bytes(72)
        try await store.setMaterial(sealed, of: environment.mainKey.id, in: id)
        found = try #require(try await store.environment(id))
        #expect(found.mainKey.sealedMaterial == sealed)
        await #expect(throws: KeyStoreError.any(.missing)) { try await store.setMaterial(nil, of: .random(), in: id) }
    }

    @Sendable private static func retention(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        #expect(try await store.environment(id)?.retention == Retention())
        let next = Retention.Next(hours: nil, logs: .seconds(3600), from: WallTime(seconds: 1_700_000_900))
        for retention in [
            Retention(hours: .seconds(90 * 86_400), logs: .seconds(1)), Retention(next: next), Retention(hours: .seconds(7200), next: next),
            Retention(),
        ] {
            try await store.make(.setRetention(retention), of: id)
            #expect(try await store.environment(id)?.retention == retention)
        }
        await #expect(throws: KeyStoreError.any(.missing)) { try await store.make(.setRetention(Retention()), of: .random()) }
    }

    @Sendable private static func generations(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        func rotate(_ number: UInt32, _ generation: String?) async throws {
            var adoption = try Samples.rotation(of: environment, to: number, previous: number - 1)
            adoption.environmentKey.generation = generation.map { Generation($0) }
            try await store.adopt(adoption, of: id)
        }
        await #expect(throws: KeyStoreError.any(.exists)) { try await rotate(2, "g1") }
        #expect(try await store.environment(id)?.environmentKey.version == .first)
        try await rotate(2, "B")
        // A KMS that lags would have the old one back.
        await #expect(throws: KeyStoreError.any(.exists)) { try await rotate(3, "g1") }
        // One that tells none is exempt.
        try await rotate(3, nil)
        try await rotate(4, nil)
        // What a version turned out to be counts too.
        var renewed = try Samples.environmentKey(4, under: environment.mainKey.id)
        renewed.generation = Generation("C")
        try await store.rewrap(renewed, of: id)
        await #expect(throws: KeyStoreError.any(.exists)) { try await rotate(5, "C") }
        await #expect(throws: KeyStoreError.any(.exists)) { try await rotate(5, "B") }
        try await store.finishRepack(of: id)
        while try await store.sweepRetired(of: id, limit: 10) == .more {}
        await #expect(throws: KeyStoreError.any(.exists)) { try await rotate(5, "B") }
        // Another main key may call its own the same.
        var replacement = try Samples.replacement(to: 5, previous: 4)
        replacement.environmentKey.generation = Generation("B")
        try await store.adopt(replacement, of: id)
        #expect(try await store.environment(id)?.environmentKey.generation == Generation("B"))
    }

    @Sendable private static func bounds(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let nul = MainKeyReference(kind: .aKMS, identifier: "arn\0", options: [:])
        let long = MainKeyReference(kind: .aKMS, identifier: String(repeating: "x", count: 2049), options: [:])
        for reference in [nul, long] {
            var mainKey = try Samples.mainKey()
            mainKey.reference = reference
            let pending = PendingMainKey(mainKey, withoutOld: false)
            await #expect(throws: KeyStoreError.any(.failed)) { try await store.setPending(pending, of: id) }
            await #expect(throws: KeyStoreError.any(.failed)) {
                var adoption = try Samples.replacement(to: 2, previous: 1)
                adoption.mainKey?.reference = reference
                try await store.adopt(adoption, of: id)
            }
            await #expect(throws: KeyStoreError.any(.failed)) {
                var other = try Samples.environment("acme/other")
                other.mainKey.reference = reference
                try await store.create(other)
            }
        }
        let tooMuch = [UInt8](repeating: 1, count: 4097)
        await #expect(throws: KeyStoreError.any(.failed)) {
            try await store.setMaterial(tooMuch, of: environment.mainKey.id, in: id)
        }
        for name in ["", String(repeating: "x", count: 513)] {
            let connection = ConnectionID(name)
            await #expect(throws: KeyStoreError.any(.failed)) {
                try await store.insert(Samples.key(.connection(connection, version: 1), of: id))
            }
            await #expect(throws: KeyStoreError.any(.failed)) { try await store.begin(Samples.erasure(.connection(connection), of: id)) }
        }
        #expect(try await store.environments().map(\.revision) == [.first])
        #expect(try await store.contents(of: id) == EnvironmentContents())
    }

    @Sendable private static func clock(_ store: any KeyStore) async throws {
        let ledger = try store.ledger
        #expect(try await ledger.clockTick() == nil)
        for seconds: Int64 in [1_700_000_000, 1_600_000_000] {
            let tick = ClockTick(
                boot: "0d8a4e0e-6c3c-4a53-9f27-0c5bd6d8e5c1", bootTime: BootInstant(nanoseconds: UInt64(seconds)),
                wallTime: WallTime(seconds: seconds))
            try await ledger.keep(tick)
            #expect(try await ledger.clockTick() == tick)
            let later = ClockTick(
                boot: tick.boot, bootTime: BootInstant(nanoseconds: UInt64(seconds) + 9), wallTime: WallTime(seconds: seconds + 7),
                anchor: tick.anchor)
            try await ledger.keep(later)
            #expect(try await ledger.clockTick() == later)
            let bound = ClockTick(boot: "another", bootTime: later.bootTime, wallTime: later.wallTime, isBound: true)
            try await ledger.keep(bound)
            #expect(try await ledger.clockTick() == bound)
        }
    }
}
