package import Cryptography
package import KeyHierarchy

/// A fresh key for a client's own process, and the wrapped form that the client keeps.
package struct LentKey: ~Copyable, Sendable {
    package let wrapped: [UInt8]
    package let key: SecretBytes
    /// Until when the key under which it is wrapped may be used, unless a proof comes first.
    package let deadline: BootInstant
}

extension Fetcher {
    /// Lends a fresh key, bound to scope and context, and wrapped by the scope's key.
    /// - Parameter context: in its canonical encoding.
    package func lendDataKey(
        for scope: Scope, context: [UInt8], in environment: LiveEnvironment
    ) async throws(HierarchyError) -> LentKey {
        let wrapping = try await scopeKey(for: scope, of: environment)
        let header = LentDataKey.header(scope, environment: environment.identity.id, key: wrapping.id)
        let place = WrapPlace.lentDataKey(header: header, context: context, in: environment.identity.id)
        do {
            let key = try SecretBytes.random(byteCount: 32)
            let wrapped = try wrapping.withSecret { wrapping throws(CryptographyError) in
                try KeyWrapper(wrapping: wrapping).wrap(key, place: place)
            }
            guard let wrapped, wrapping.isUsable(at: keeper.clock.now) else { throw HierarchyError.wipedMeanwhile }
            return LentKey(wrapped: header + wrapped, key: key, deadline: wrapping.deadline)
        } catch { throw .translating(error) }
    }

    /// Opens a lent key; nothing else opens as one, nor under another scope or context.
    /// - Parameter expected: the scope that the caller states, or nil.
    package func openDataKey(
        _ lent: LentDataKey, context: [UInt8], expected: Scope?, in environment: LiveEnvironment
    ) async throws(HierarchyError) -> LentKey {
        if let expected, expected.kind != lent.scope || JobDigest(of: expected.id) != lent.scopeDigest { throw .otherScope }
        let wrapping = try await again(environment) { () throws(HierarchyError) in
            try await storedKey(lent.key, scope: lent.scope, of: environment)
        }
        let place = WrapPlace.lentDataKey(header: lent.header, context: context, in: environment.identity.id)
        let key: SecretBytes?
        do {
            key = try wrapping.withSecret { wrapping throws(CryptographyError) in
                try unsafe KeyWrapper(wrapping: wrapping).unwrap(lent.wrapped.span.bytes, place: place)
            }
        } catch { throw HierarchyError(error) }
        guard let key, wrapping.isUsable(at: keeper.clock.now) else { throw .wipedMeanwhile }
        return LentKey(wrapped: lent.header + lent.wrapped, key: key, deadline: wrapping.deadline)
    }

    /// The stored key under which a scope's lent keys are wrapped: for a job, the hourly key.
    private func scopeKey(for scope: Scope, of environment: LiveEnvironment) async throws(HierarchyError) -> CachedKey {
        if case .job = scope { return try await encryptionKey(for: .event, of: environment) }
        return try await encryptionKey(for: scope, of: environment)
    }
}

extension HierarchyError {
    /// The ciphertext belongs to another scope than the caller expects.
    package static let otherScope = Self(
        .wrongScope, "This was encrypted for another scope than the one that is expected.",
        remedy: "Name the scope it was encrypted for, or none.")
}
