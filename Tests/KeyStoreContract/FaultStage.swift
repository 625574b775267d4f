internal import Cryptography
import KeyHierarchy

/// The same records for a store and its twin: an environment with something of everything.
struct FaultStage: Sendable {
    let environment: EnvironmentRecord
    let other: EnvironmentRecord
    let keys: [KeyRecord]
    let new: [String: KeyRecord]
    let erasure: ErasureRecord
    let secondErasure: ErasureRecord
    let receipt: SignedReceipt
    let pending: PendingMainKey
    let otherPending: PendingMainKey
    let rotation: Adoption
    let replacement: Adoption
    let rewrapped: EnvironmentKeyRecord
    let now = WallTime(seconds: 1_700_009_000)

    var id: EnvironmentID { environment.identity.id }

    init() throws {
        environment = try Samples.environment("acme/prod")
        other = try Samples.environment("acme/other")
        let id = environment.identity.id
        keys = [
            try Samples.key(.log(version: 1), of: id), try Samples.key(.connection("a", version: 1), of: id),
            try Samples.key(.connection("b", version: 1), of: id), try Samples.key(Samples.hourly(100), of: id),
            try Samples.key(Samples.hourly(100), of: id, inDoubt: true),
        ]
        new = [
            "hourly": try Samples.key(Samples.hourly(101), of: id), "connection": try Samples.key(.connection("b", version: 2), of: id),
            "log": try Samples.key(.log(version: 2), of: id), "doubt": try Samples.key(Samples.hourly(101), of: id, inDoubt: true),
        ]
        erasure = try Samples.erasure(.connection("a"), of: id)
        secondErasure = try Samples.erasure(.before(now), of: id)
        receipt = try Samples.receipt(of: erasure)
        pending = PendingMainKey(try Samples.mainKey(), withoutOld: true)
        otherPending = PendingMainKey(try Samples.mainKey(), withoutOld: false)
        rotation = try Samples.rotation(of: environment, to: 2, previous: 1)
        replacement = try Samples.replacement(to: 2, previous: 1)
        rewrapped = try Samples.environmentKey(1, under: environment.mainKey.id)
    }

    func prepare(_ store: any KeyStore) async throws {
        try await store.create(environment)
        for key in keys { _ = try await store.insert(key) }
        try await store.setPending(pending, of: id)
        try await store.make(.lock(EnvironmentLock(number: 1, at: now, reason: "a suspicion")), of: id)
        try await store.begin(erasure)
    }

    /// Wraps under the target of a repack, which follow from the keys.
    var moved: [MovedKey] { keys.map { MovedKey(key: $0.id, bytes: $0.id.bytes + [2]) } }

    func move(_ store: any KeyStore) async throws {
        _ = try await store.move(moved, of: id, to: Samples.version(2), cursor: keys[0].id)
    }

    var picture: StorePicture {
        let ids = (keys + new.values).map { ($0.id, $0.environment) }
        return StorePicture(
            keys: Dictionary(ids, uniquingKeysWith: { first, _ in first }), hours: 99...102, erasures: [erasure.id, secondErasure.id])
    }
}
