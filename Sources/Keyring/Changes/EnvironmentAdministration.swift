package import Cryptography
package import KeyHierarchy

/// Creates, shuts and deletes environments.
package final class EnvironmentAdministration: Sendable {
    private let directory: Keyring
    private let records: RecordKeeper
    private let setUp: KeySetUp
    private let memory: SecretMemory
    private let judge: ClockJudge

    init(directory: Keyring, records: RecordKeeper, setUp: KeySetUp, memory: SecretMemory, judge: ClockJudge) {
        self.directory = directory
        self.records = records
        self.setUp = setUp
        self.memory = memory
        self.judge = judge
    }

    /// Creates an environment under the main key that `reference` names, once that has proved itself.
    /// - Parameter material: the 32 bytes of an uploaded key; nil for the other kinds.
    /// - Throws: `.mainKeyInaccessible` or `.mainKeyCannotEncrypt` with the cause; nothing is kept then.
    package func create(
        _ name: EnvironmentName, reference: MainKeyReference, material: consuming SecretBytes?
    ) async throws(HierarchyError) -> LiveEnvironment {
        guard directory.environment(name) == nil else { throw .exists(name) }
        memory.reclaimIfNeeded()
        let identity: EnvironmentIdentity
        do { identity = EnvironmentIdentity(id: try EnvironmentID.random(), name: name) } catch { throw HierarchyError(error) }
        let mainKey = try await setUp.probe(try setUp.newMainKey(reference, material: material, for: identity), for: identity)
        let blank = EnvironmentRecord(
            identity: identity, createdAt: mainKey.createdAt.time, mainKey: mainKey,
            environmentKey: EnvironmentKeyRecord(
                version: .first, mainKey: mainKey.id, generation: nil, wrapped: [], createdAt: mainKey.createdAt.time))
        let fresh: FreshEnvironmentKey
        do {
            fresh = try await setUp.environmentKey(.first, under: mainKey, for: identity, life: EnvironmentLife(record: blank))
        } catch { throw setUp.setUpError(error) }
        var record = blank
        record.environmentKey = fresh.record
        try await keep(record)
        let environment = LiveEnvironment(record, lease: records.store)
        directory.add(environment)
        // The set-up ended in a granted decrypt: it is the first proof.
        let proof = fresh.proof
        records.keeper.run(.granted(proof), of: environment, secret: fresh.takeSecret())
        return environment
    }

    private func keep(_ record: EnvironmentRecord) async throws(HierarchyError) {
        do throws(KeyStoreError) { try await records.store.create(record) } catch {
            switch error.code {
            case .exists: throw .exists(record.identity.name)
            case .unknownOutcome:
                // Whether it is there can be read: an id is never used twice.
                let found: EnvironmentRecord?
                do throws(KeyStoreError) { found = try await records.store.environment(record.identity.id) } catch {
                    records.noteUnknownCreation(record.identity.id)
                    throw HierarchyError(error)
                }
                if found == nil { throw HierarchyError(error) }
            default: throw HierarchyError(error)
            }
        }
    }

    /// Deletes an environment: all that was encrypted in it is unreadable from then on.
    /// - Parameter confirmation: the name once more, as it was typed.
    package func delete(_ name: EnvironmentName, confirmation: String) async throws(HierarchyError) -> Deletion {
        guard let environment = directory.environment(name) else { throw .unknown(name) }
        try Self.check(confirmation, name, "deleted")
        let contents = try await contents(of: environment)
        try await environment.changes.run { () throws(HierarchyError) in
            try await records.change(environment) { _ in .delete }
        }
        return Deletion(contents: contents, purgeDue: await records.purgeDeleted(after: "\(name) is deleted"))
    }

    /// What a deletion would make unreadable.
    package func contents(of environment: LiveEnvironment) async throws(HierarchyError) -> EnvironmentContents {
        // A damaged environment can still be deleted; its counts are then what can be counted.
        do { return try await records.store.contents(of: environment.identity.id) } catch {
            if error.code == .damaged { return EnvironmentContents() }
            throw HierarchyError(error)
        }
    }

    static func check(_ confirmation: String, _ name: EnvironmentName, _ done: String) throws(HierarchyError) {
        guard confirmation == name.description else {
            throw HierarchyError(
                .confirmationMismatch, "The name that was typed is not \(name); nothing was \(done).",
                remedy: "Type the environment's name exactly.")
        }
    }

    // MARK: Switches

    /// The operator's own switch: shuts the environment at once, and durably. Nothing is lost.
    /// - Parameter reason: 1 to 1,024 bytes without control characters.
    package func lock(_ environment: LiveEnvironment, reason: String) async throws(HierarchyError) {
        guard (1...EnvironmentLock.longestReason).contains(reason.utf8.count),
            reason.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else {
            throw HierarchyError(
                .invalidScope, "A lock needs a reason of 1 to 1,024 bytes, without control characters. Nothing was changed.",
                remedy: "Say why in one line: whoever meets the lock reads it.")
        }
        try await records.lock(environment, reason: reason)
    }

    /// - Parameter number: of the lock to take away; nil where there is only one.
    package func unlock(_ environment: LiveEnvironment, number: UInt32?) async throws(HierarchyError) {
        let locks = environment.withState { $0.life.locks }
        let name = environment.identity.name
        let numbers: Set<UInt32>
        if let number {
            guard locks.contains(where: { $0.number == number }) else {
                throw HierarchyError(
                    .invalidScope, "There is no lock \(number) on \(name); nothing was changed.", remedy: "See `ekmctl env show \(name)`.")
            }
            numbers = [number]
        } else {
            guard locks.count <= 1 else {
                let list = locks.map { "\($0.number): \($0.reason) (\($0.at))" }.joined(separator: "; ")
                throw HierarchyError(
                    .invalidScope, "There are \(locks.count) locks on \(name): \(list). Nothing was unlocked.",
                    remedy: "Name the one to take away: `ekmctl env unlock \(name) --lock NUMBER`.")
            }
            numbers = Set(locks.map(\.number))
        }
        try await records.change(environment, .unlocked(numbers)) { _ in .unlock(numbers) }
        records.keeper.tell(.repackDue(environment.identity.id))
    }

    /// What prolongs a retention holds at once; what shortens it a day later. What it ends then, the next round of erasure takes.
    /// - Parameters:
    ///   - atOnce: whether all of it holds at once.
    ///   - change: how long keys are to be kept, by what was asked for last.
    /// - Throws: `.clockInDoubt` where the day cannot be told.
    package func changeRetention(
        of environment: LiveEnvironment, atOnce: Bool = false, _ change: (Retention) -> Retention
    ) async throws(HierarchyError) {
        try await records.change(environment) { record throws(HierarchyError) in
            let retention = change(record.retention.asked)
            for time in [retention.hours, retention.logs] {
                guard let time, time < .seconds(3600) else { continue }
                throw HierarchyError(
                    .invalidScope, "A retention is at least one hour.", remedy: "Give a longer one, for instance 90d, or `forever`.")
            }
            let changed = record.retention.changed(to: retention, at: judge.believedNow, atOnce: atOnce)
            if changed.next != nil { try judge.requireBelieved("A retention that is shortened takes effect after a day") }
            return .setRetention(changed)
        }
    }
}

/// What a deletion took.
package struct Deletion: Sendable {
    package var contents: EnvironmentContents
    /// Why bytes of it still stand in the store's file or log; nil where none do.
    package var purgeDue: PurgeDue?
}

extension HierarchyError {
    static func exists(_ name: EnvironmentName) -> Self {
        Self(.environmentExists, "There is an environment \(name) already; nothing was changed.", remedy: "Choose another name.")
    }
}
