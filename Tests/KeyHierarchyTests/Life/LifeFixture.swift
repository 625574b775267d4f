import KeyHierarchy
import TestSupport

/// One environment's life, with a clock that a test moves; no keys, no store, no KMS.
struct LifeFixture {
    var life: EnvironmentLife
    var now: LifeMoment

    static let kms = MainKeyReference(kind: .aKMS, identifier: "arn:one")

    init(timeToLive: Duration = .seconds(300), onRestriction: LifeRules.OnRestriction = .expire) throws {
        let identity = EnvironmentIdentity(id: try EnvironmentID.random(), name: try EnvironmentName("acme/prod"))
        let mainKey = MainKeyRecord(
            id: try MainKeyID.random(), reference: Self.kms, sealedMaterial: nil, createdAt: Stamp(WallTime(seconds: 1_000_000)))
        life = EnvironmentLife(
            record: EnvironmentRecord(
                identity: identity, createdAt: WallTime(seconds: 1_000_000), mainKey: mainKey,
                environmentKey: Self.version(1, under: mainKey)))
        now = LifeMoment(
            boot: BootInstant(nanoseconds: 1_000_000_000_000), wall: WallTime(seconds: 1_000_000),
            rules: LifeRules(timeToLive: timeToLive, onRestriction: onRestriction))
    }

    static func version(_ number: UInt32, under mainKey: MainKeyRecord) -> EnvironmentKeyRecord {
        EnvironmentKeyRecord(
            version: EnvironmentKeyVersion(number: number), mainKey: mainKey.id, generation: nil, wrapped: [UInt8(number)],
            createdAt: WallTime(seconds: 1_000_000))
    }

    /// Another main key and version in force, the one before still there.
    func replacedRecord() throws -> EnvironmentRecord {
        var record = life.record
        let mainKey = MainKeyRecord(
            id: try MainKeyID.random(), reference: MainKeyReference(kind: .aKMS, identifier: "arn:two"), sealedMaterial: nil,
            createdAt: Stamp(now.wall))
        let number = record.newestVersion.number + 1
        record.formerMainKeys.append(record.mainKey)
        record.olderEnvironmentKeys.append(record.environmentKey)
        record.mainKey = mainKey
        record.environmentKey = Self.version(number, under: mainKey)
        record.newestVersion = EnvironmentKeyVersion(number: number)
        record.keyFloor = record.newestVersion
        record.revision = record.revision.next
        return record
    }

    /// The record as it is, changed by somebody else in the store.
    func changed(_ body: (inout EnvironmentRecord) -> Void) -> EnvironmentRecord {
        var record = life.record
        record.revision = record.revision.next
        body(&record)
        return record
    }

    mutating func pass(_ time: Duration) {
        now.boot = now.boot.advanced(by: time)
        now.wall = now.wall.advanced(by: time)
    }

    @discardableResult
    mutating func happens(_ event: LifeEvent) -> [LifeEffect] { life.next(event, at: now) }

    /// Asks for a proof, whatever is known.
    mutating func ask(_ version: UInt32? = nil) throws -> PendingProof {
        let effects = happens(.requested(version.map { EnvironmentKeyVersion(number: $0) }, .insistent))
        guard case .ask(let question)? = effects.first else { throw Unexpected(effects) }
        return question
    }

    @discardableResult
    mutating func prove(_ version: UInt32? = nil) throws -> [LifeEffect] {
        let question = try ask(version)
        return happens(.granted(GrantedProof(question, sentAt: now.boot)))
    }

    /// Whether a version may be used now.
    func isUsable(_ version: UInt32? = nil) -> Bool {
        let number = version.map { EnvironmentKeyVersion(number: $0) } ?? life.record.environmentKey.version
        return life.shut == nil && now.boot < life.deadline(of: number)
    }

    struct Unexpected: Error {
        let effects: [LifeEffect]

        init(_ effects: [LifeEffect]) { self.effects = effects }
    }
}

extension MainKeyFailure {
    static func test(_ verdict: Verdict) -> Self { Self(verdict: verdict, message: "no", reason: verdict.name, remedy: "ask") }
}

extension [LifeEffect] {
    var wipes: Bool { contains { if case .wipe = $0 { true } else { false } } }
    var drops: Set<EnvironmentKeyVersion> {
        reduce(into: []) { if case .drop(let versions) = $1 { $0.formUnion(versions) } }
    }
    var keeps: BootInstant? {
        for case .keep(_, let until) in self { return until }
        return nil
    }
    var refusal: HierarchyError.Code? {
        for case .refuse(let error) in self { return error.code }
        return nil
    }
    var verdicts: [Verdict] {
        compactMap { if case .tell(.verdict(let record, _)) = $0 { record.verdict } else { nil } }
    }
    var endsEncryption: Bool { contains { if case .endEncryption = $0 { true } else { false } } }
    var locks: [EnvironmentLock] {
        compactMap { if case .write(.lock(let lock)) = $0 { lock } else { nil } }
    }
}
