internal import KeyHierarchy
internal import TestSupport
internal import Testing

/// One write, to be tried with a store that fails: afterwards there is exactly what the answer said.
package struct FaultWrite: Sendable, CustomStringConvertible {
    package let description: String
    /// Whether it keeps something, in this store or another; a purge keeps nothing.
    private var keeps = true
    private var prepare: @Sendable (any KeyStore, FaultStage) async throws -> Void = { _, _ in }
    private let perform: @Sendable (any KeyStore, FaultStage) async throws -> Void

    private init(
        _ description: String, keeps: Bool = true,
        after prepare: @escaping @Sendable (any KeyStore, FaultStage) async throws -> Void = { _, _ in },
        _ perform: @escaping @Sendable (any KeyStore, FaultStage) async throws -> Void
    ) {
        self.description = description
        self.keeps = keeps
        self.prepare = prepare
        self.perform = perform
    }

    /// A change, decided on the record as the stage leaves it.
    private init(
        _ description: String,
        after prepare: @escaping @Sendable (any KeyStore, FaultStage) async throws -> Void = { _, _ in },
        change: @escaping @Sendable (FaultStage) -> EnvironmentChange
    ) {
        self.init(description, after: prepare) { store, stage in try await store.make(change(stage), of: stage.id) }
    }

    // MARK: Each of them

    package static let all = changes + others

    private static let rotated: @Sendable (any KeyStore, FaultStage) async throws -> Void = { store, stage in
        try await store.adopt(stage.rotation, of: stage.id)
    }
    private static let moved: @Sendable (any KeyStore, FaultStage) async throws -> Void = { store, stage in
        try await rotated(store, stage)
        try await stage.move(store)
    }
    private static let finished: @Sendable (any KeyStore, FaultStage) async throws -> Void = { store, stage in
        try await moved(store, stage)
        try await store.finishRepack(of: stage.id)
    }

    private static let changes: [FaultWrite] = [
        FaultWrite("adopting a rotation") { .adopt($0.rotation) },
        FaultWrite("adopting a replacement") { .adopt($0.replacement) },
        FaultWrite("wrapping anew") { .rewrap($0.rewrapped) },
        FaultWrite("registering a main key") { .setPending($0.otherPending) },
        FaultWrite("withdrawing the main key that waits") { _ in .setPending(nil) },
        FaultWrite("destroying material") { .setMaterial(nil, of: $0.environment.mainKey.id) },
        FaultWrite("locking") { .lock(EnvironmentLock(number: 2, at: $0.now, reason: "another")) },
        FaultWrite("unlocking") { _ in .unlock([1]) },
        FaultWrite("setting the retention") { _ in .setRetention(Retention(hours: .seconds(3600))) },
        FaultWrite("pausing a repack", after: rotated) { _ in .setRepackState(.paused) },
        FaultWrite("ending a repack", after: moved) { _ in .finishRepack },
        FaultWrite(
            "taking a replacement back", after: { try await $0.adopt($1.replacement, of: $1.id) }, change: { .cancelRepack(at: $0.now) }),
        FaultWrite("beginning an erasure") { .erase($0.secondErasure) },
        FaultWrite(
            "adding to an erasure", after: { store, stage in _ = try await store.eraseKeys(stage.erasure.id, limit: 9, at: stage.now) },
            change: {
                .erase($0.erasure)
            }),
        FaultWrite("deleting") { _ in .delete },
    ]

    private static let others: [FaultWrite] = [
        FaultWrite("creating") { try await $0.create($1.other) },
        FaultWrite(
            "going on with a deletion", after: { try await $0.delete($1.id) },
            { store, _ in
                _ = try await store.continueDeletions(limit: 100)
            }),
        FaultWrite("inserting an hourly key") { try await insert("hourly", $0, $1) },
        FaultWrite("inserting a connection's key") { try await insert("connection", $0, $1) },
        FaultWrite("inserting a log key") { try await insert("log", $0, $1) },
        FaultWrite("inserting a key in doubt") { try await insert("doubt", $0, $1) },
        FaultWrite(
            "inserting the first key of a doubt", after: { try await $0.endDoubt(at: $1.now) },
            {
                try await insert("doubt", $0, $1)
            }),
        FaultWrite("moving keys", after: rotated) { try await $1.move($0) },
        FaultWrite("sweeping", after: finished) { store, stage in _ = try await store.sweepRetired(of: stage.id, limit: 100) },
        FaultWrite("erasing keys") { store, stage in _ = try await store.eraseKeys(stage.erasure.id, limit: 9, at: stage.now) },
        FaultWrite(
            "keeping a receipt", after: { store, stage in _ = try await store.eraseKeys(stage.erasure.id, limit: 9, at: stage.now) },
            { try await $0.finishErasure($1.receipt) }),
        FaultWrite("keeping a tick") { store, stage in
            try await store.ledger.keep(ClockTick(boot: "b", bootTime: BootInstant(nanoseconds: 5), wallTime: stage.now))
        },
        FaultWrite("ending a doubt") { try await $0.endDoubt(at: $1.now) },
        FaultWrite(
            "purging", keeps: false, after: { try await $0.setMaterial(nil, of: $1.environment.mainKey.id, in: $1.id) },
            {
                store, _ in
                try await store.purge()
            }),
    ]

    private static func insert(_ name: String, _ store: any KeyStore, _ stage: FaultStage) async throws {
        if let key = stage.new[name] { _ = try await store.insert(key) }
    }

    // MARK: Trying

    /// - Parameter bench: with an empty store.
    package func run(on bench: FaultBench) async throws {
        let stage = try FaultStage()
        let twin = InMemoryKeyStore()
        for store in [bench.store, twin] as [any KeyStore] {
            try await stage.prepare(store)
            try await prepare(store, stage)
        }
        let old = try await stage.picture.lines(of: twin)
        try #require(try await stage.picture.lines(of: bench.store) == old)
        try await perform(twin, stage)
        let new = try await stage.picture.lines(of: twin)

        try await bench.fault.begin()
        let writing = Task { () -> KeyStoreError? in
            do {
                try await perform(bench.store, stage)
                return nil
            } catch let error as KeyStoreError { return error }
        }
        // Whoever looks while it waits sees what was there before.
        try await bench.fault.during {
            let seen = try await stage.picture.lines(of: bench.store)
            if keeps { #expect(seen == old) }
        }
        let failure = try await writing.value
        try await bench.fault.end()

        if let failure {
            #expect(bench.fault.codes.contains(failure.code), "\(failure)")
        } else {
            #expect(bench.fault.isPassable || !keeps, "the fault did not bite")
        }
        let allowed =
            switch failure?.code {
            case nil: [new]
            case .unknownOutcome: [old, new]
            default: [old]
            }
        let answer = failure.map { "\($0.code)" } ?? "done"
        let now = try await stage.picture.lines(of: bench.store)
        #expect(allowed.contains(now), "\(answer)")
        let later = try await stage.picture.lines(of: bench.restarted())
        #expect(allowed.contains(later), "\(answer), and a restart")
        // Nothing stays of the fault itself.
        if let failure, failure.code != .unknownOutcome {
            try await perform(bench.store, stage)
            let again = try await stage.picture.lines(of: bench.store)
            #expect(again == new, "done at last")
        }
    }
}
