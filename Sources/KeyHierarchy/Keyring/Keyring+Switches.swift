extension Keyring {
    /// The operator's own switch: shuts the environment at once, and durably. Nothing is lost.
    package func lock(_ environment: LiveEnvironment, reason: String) async throws(HierarchyError) {
        guard (1...1024).contains(reason.utf8.count) else {
            throw HierarchyError(
                .invalidScope, "A lock needs a reason of 1 to 1,024 bytes.", remedy: "Say why: whoever meets the lock reads it.")
        }
        let lock = EnvironmentLock(at: wallClock.now, reason: reason)
        try await environment.reading.run { () throws(HierarchyError) in
            try environment.withState { state throws(HierarchyError) in
                if state.isDeleted { throw .unknown(environment.identity.name) }
                state.record.lock = lock
                state.revision += 1
            }
            self.wipe(environment)
            do throws(KeyStoreError) { try await self.store.setLock(lock, of: environment.identity.id) } catch {
                var failure = HierarchyError(error)
                failure.message =
                    "The environment is shut, but the store did not keep the lock: it would be open after a restart. " + failure.message
                throw failure
            }
        }
    }

    package func unlock(_ environment: LiveEnvironment) async throws(HierarchyError) {
        try await environment.reading.run { () throws(HierarchyError) in
            try await self.fromStore(environment) { store throws(KeyStoreError) in try await store.setLock(nil, of: environment.identity.id)
            }
            environment.withState { state in
                state.record.lock = nil
                state.revision += 1
            }
        }
        tell(.repackDue(environment.identity.id))
    }

    /// - Parameter retention: how long keys are kept from now on; what it ends, the next round of erasure takes.
    package func setRetention(_ retention: Retention, of environment: LiveEnvironment) async throws(HierarchyError) {
        for time in [retention.hours, retention.logs] {
            guard let time, time < .seconds(3600) else { continue }
            throw HierarchyError(
                .invalidScope, "A retention is at least one hour.", remedy: "Give a longer one, for instance 90d, or `forever`.")
        }
        try await self.fromStore(environment) { store throws(KeyStoreError) in
            try await store.setRetention(retention, of: environment.identity.id)
        }
        try await refreshRecord(of: environment)
    }

    /// Destroys uploaded material: what hangs under it is unreadable until the same bytes are uploaded again.
    ///
    /// The environment is shut before the store is asked, which may take its time.
    /// - Parameter confirmation: the environment's name once more, as it was typed.
    /// - Returns: that the material stands in the store's log still; nil where it does not.
    @discardableResult
    package func withdrawMaterial(of environment: LiveEnvironment, confirmation: String) async throws(HierarchyError) -> PurgeDue? {
        let name = environment.identity.name
        guard confirmation == name.description else {
            throw HierarchyError(
                .confirmationMismatch, "The name that was typed is not \(name); nothing was withdrawn.",
                remedy: "Type the environment's name exactly.")
        }
        return try await environment.changes.run { () throws(HierarchyError) in
            let record = environment.withState { $0.record }
            guard record.mainKey.reference.kind == .material else {
                throw HierarchyError(
                    .wrongKind, "The main key of \(name) was not uploaded: there is no material to withdraw.",
                    remedy: "Disable a key in its KMS instead, or lock the environment with `ekmctl env lock \(name)`.")
            }
            let purge = try await environment.reading.run { () throws(HierarchyError) in
                self.setMaterial(nil, of: environment)
                self.wipe(environment)
                do throws(HierarchyError) {
                    return try await self.fromStore(environment) { _ throws(KeyStoreError) in
                        try await self.destroy { store throws(KeyStoreError) in
                            try await store.setMaterial(nil, of: record.mainKey.id, in: environment.identity.id)
                        }
                    }
                } catch {
                    self.setMaterial(record.mainKey.sealedMaterial, of: environment)
                    throw error
                }
            }
            let life = environment.withState { $0.life }
            let revision = environment.withState { $0.revision }
            self.refuse(
                environment,
                MainKeyFailure(
                    verdict: .revoked, message: "its material was withdrawn.", reason: "withdrawn",
                    remedy: "Upload the same 32 bytes again: `ekmctl key replace \(name) --material FILE`."),
                Question(key: record.environmentKey, mainKey: record.mainKey, revision: revision, lifeRevision: life.revision))
            return purge
        }
    }

    private func setMaterial(_ sealed: [UInt8]?, of environment: LiveEnvironment) {
        environment.withState { state in
            state.record.mainKey.sealedMaterial = sealed
            state.revision += 1
        }
    }
}
