package import Cryptography

extension Keyring {
    /// Creates an environment under the main key that `reference` names, once that has proved itself.
    /// - Parameter material: the 32 bytes of an uploaded key; nil for the other kinds.
    /// - Throws: `.mainKeyInaccessible` or `.mainKeyCannotEncrypt` with the cause; nothing is kept then.
    package func createEnvironment(
        _ name: EnvironmentName, reference: MainKeyReference, material: consuming SecretBytes?
    ) async throws(HierarchyError) -> LiveEnvironment {
        guard environment(name) == nil else { throw .exists(name) }
        reclaimIfNeeded()
        let identity: EnvironmentIdentity
        var record: MainKeyRecord
        do {
            identity = EnvironmentIdentity(id: try EnvironmentID.random(), name: name)
            record = try newMainKey(reference, material: material, for: identity)
        } catch { throw Self.translate(error) }

        let fresh: FreshEnvironmentKey
        do {
            record.reference = try await provider.mainKey(for: record, of: identity).probe(for: identity)
            fresh = try await makeEnvironmentKey(.first, under: record, for: identity)
        } catch { throw Self.setUpError(error, at: wallClock.now) }
        let key = fresh.record
        let stored = EnvironmentRecord(identity: identity, createdAt: key.createdAt, mainKey: record, environmentKey: key)
        do { try await store.create(stored) } catch {
            throw error.code == .exists ? .exists(name) : HierarchyError(error)
        }
        let environment = LiveEnvironment(stored)
        add(environment)
        // The set-up ended in a granted decrypt: it is the first proof.
        let sentAt = fresh.sentAt
        _ = try? adopt(
            fresh.takeSecret(), of: environment, Question(key: key, mainKey: record, revision: 0, lifeRevision: 0), sentAt: sentAt)
        return environment
    }

    /// Deletes an environment: all that was encrypted in it is unreadable from then on.
    ///
    /// It is shut before the store is asked, which may take its time: nothing is acknowledged that the next start could not read.
    /// - Parameter confirmation: the name once more, as it was typed.
    /// - Returns: what became unreadable; and what of it stands in the store's log still, nil where nothing does.
    package func deleteEnvironment(
        _ name: EnvironmentName, confirmation: String
    ) async throws(HierarchyError) -> (contents: EnvironmentContents, purge: PurgeDue?) {
        guard let environment = environment(name) else { throw .unknown(name) }
        guard confirmation == name.description else {
            throw HierarchyError(
                .confirmationMismatch, "The name that was typed is not \(name); nothing was deleted.",
                remedy: "Type the environment's name exactly.")
        }
        let contents = try await contents(of: environment)
        try environment.withState { state throws(HierarchyError) in
            if state.isDeleted { throw .unknown(name) }
            state.isDeleted = true
            state.revision += 1
        }
        wipe(environment)
        let purge: PurgeDue?
        do throws(KeyStoreError) {
            purge = try await destroy { store throws(KeyStoreError) in try await store.delete(environment.identity.id) }
        } catch {
            environment.withState { $0.isDeleted = false }
            tell(.repackDue(environment.identity.id))
            throw HierarchyError(error)
        }
        remove(environment)
        return (contents, purge)
    }

    /// What a deletion would make unreadable.
    package func contents(of environment: LiveEnvironment) async throws(HierarchyError) -> EnvironmentContents {
        // A damaged environment can still be deleted; its counts are then what can be counted.
        do { return try await store.contents(of: environment.identity.id) } catch {
            if error.code == .damaged { return EnvironmentContents() }
            throw HierarchyError(error)
        }
    }

    func newMainKey(
        _ reference: MainKeyReference, material: consuming SecretBytes?, for environment: EnvironmentIdentity
    ) throws -> MainKeyRecord {
        let id = try MainKeyID.random()
        var reference = reference
        let sealed: [UInt8]?
        switch reference.kind {
        case .managed:
            let made = try SecretBytes.random(byteCount: 32)
            sealed = try root.seal(made, mainKey: id, environment: environment.id)
        case .material:
            guard let material = consume material, material.byteCount == 32 else {
                throw HierarchyError(
                    .invalidMaterial, "An uploaded key has exactly 32 bytes.", remedy: "Make one with `openssl rand -base64 32`.")
            }
            guard !material.withBytes({ $0.isAllZero }) else {
                throw HierarchyError(
                    .invalidMaterial, "The uploaded key is all zeros.", remedy: "Make one with `openssl rand -base64 32`.")
            }
            sealed = try root.seal(material, mainKey: id, environment: environment.id)
        default:
            if reference.options["role-arn"] != nil, reference.options["external-id"] == nil {
                reference.options["external-id"] = try root.externalID(for: environment.name)
            }
            sealed = nil
        }
        return MainKeyRecord(id: id, reference: reference, sealedMaterial: sealed, createdAt: wallClock.now)
    }

    /// The two cases that customers know apart, each with its cause.
    static func setUpError(_ error: any Error, at now: WallTime) -> HierarchyError {
        guard let failure = error as? MainKeyFailure else { return translate(error) }
        let (code, what): (HierarchyError.Code, String) =
            switch failure.stage {
            case .access: (.mainKeyInaccessible, "Cannot access the provided key")
            case .encryption: (.mainKeyCannotEncrypt, "Could not encrypt data with the provided key")
            }
        return HierarchyError(
            code, "\(what): \(failure.message)", remedy: failure.remedy,
            verdict: VerdictRecord(failure.verdict, at: now, reason: failure.reason))
    }
}

extension HierarchyError {
    static func exists(_ name: EnvironmentName) -> Self {
        Self(.environmentExists, "There is an environment \(name) already; nothing was changed.", remedy: "Choose another name.")
    }
}

extension RawSpan {
    fileprivate var isAllZero: Bool {
        byteOffsets.reduce(UInt8(0)) { unsafe $0 | unsafeLoad(fromByteOffset: $1, as: UInt8.self) } == 0
    }
}
