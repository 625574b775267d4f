internal import Cryptography
package import KeyHierarchy

/// Changes of an environment's main key: each decided, proved, kept by the store, and only then in force.
package final class MainKeyChanges: Sendable {
    let prover: Prover
    let records: RecordKeeper
    let setUp: KeySetUp
    let judge: ClockJudge
    let root: RootKey
    let access: MainKeyAccess

    init(prover: Prover, records: RecordKeeper, setUp: KeySetUp, judge: ClockJudge, root: RootKey, access: MainKeyAccess) {
        self.prover = prover
        self.records = records
        self.setUp = setUp
        self.judge = judge
        self.root = root
        self.access = access
    }

    var keeper: LifeKeeper { records.keeper }

    /// Makes a fresh version of the environment's key current: durably first, then in memory.
    func putInForce(
        _ fresh: consuming FreshEnvironmentKey, _ adoption: Adoption, decidedOn decided: EnvironmentRecord, of environment: LiveEnvironment
    ) async throws(HierarchyError) {
        let proof = fresh.proof
        let act: LifeEvent.Act = adoption.repack.cause == .replacement ? .replaced(proof) : .rotated(proof)
        let superseded = decided.repack?.target
        let applied = try await records.change(environment, act, secret: fresh.takeSecret()) { record throws(HierarchyError) in
            try environment.requireOpen()
            // Whatever it was decided on must still be so; what does not matter to it may have changed.
            guard record.environmentKey.version == decided.environmentKey.version, record.newestVersion == decided.newestVersion,
                record.mainKey.id == decided.mainKey.id
            else { throw .changedMeanwhile }
            return .adopt(adoption)
        }
        guard applied != nil else { throw .changedMeanwhile }
        if let superseded { keeper.tell(.repackEnded(environment.identity, superseded, .superseded)) }
        keeper.tell(.adopted(environment.identity, adoption.environmentKey.version, adoption.repack.cause))
    }

    /// Destroys uploaded material: what hangs under it is unreadable until the same bytes are uploaded again.
    /// - Parameter confirmation: the environment's name once more, as it was typed.
    /// - Returns: why bytes of the material still stand in the store's file or log; nil where none do.
    package func withdrawMaterial(of environment: LiveEnvironment, confirmation: String) async throws(HierarchyError) -> PurgeDue? {
        let name = environment.identity.name
        try EnvironmentAdministration.check(confirmation, name, "withdrawn")
        try await environment.changes.run { () throws(HierarchyError) in
            try await records.change(environment) { record throws(HierarchyError) in
                guard record.mainKey.reference.kind == .material else {
                    throw HierarchyError(
                        .wrongKind, "The main key of \(name) was not uploaded: there is no material to withdraw.",
                        remedy: "Disable a key in its KMS instead, or lock the environment with `ekmctl env lock \(name)`.")
                }
                return .setMaterial(nil, of: record.mainKey.id)
            }
        }
        return await records.purge(after: "The material is destroyed")
    }
}
