internal import Cryptography
internal import KeyHierarchy

extension Fetcher {
    /// The job's data key of this hour: the cached one, or a new one. Evicting it loses nothing: it travels in its ciphertexts.
    func dataKey(of job: JobDigest, in environment: LiveEnvironment, _ hour: Hour) async throws(HierarchyError) -> CachedKey {
        let hourly = try await hourlyKey(of: environment, for: hour)
        let now = keeper.clock.now
        if let held = environment.withState({ $0.cache.dataKeys[job] }), held.id == hourly.id, held.mayEncrypt(in: hour, at: now) {
            return held
        }
        let id = environment.identity.id
        let place = WrapPlace.dataKey(of: job, under: hourly.id, in: id)
        let secret = try randomKey()
        let wrapped: [UInt8]?
        do {
            wrapped = try hourly.withSecret { hourly throws(CryptographyError) in
                try KeyWrapper(wrapping: hourly).wrap(secret, place: place)
            }
        } catch { throw HierarchyError(error) }
        guard let wrapped else { throw .wipedMeanwhile }
        let key = CachedKey(
            secret, of: environment, gate: hourly.gate, id: hourly.id, kind: .data, hour: hourly.hour, born: hourly.born,
            span: hourly.span, header: EnvelopeHeader.bytes(.job, environment: id, key: hourly.id, job: job, wrapped: wrapped), now: now)
        let limit = keeper.settings.dataKeys
        var first: CachedKey?
        let kept = try settle(key, environment) { state in
            // Two loops may have made one each: the first is the job's.
            if let other = state.cache.dataKeys[job], other.id == key.id, other.epoch == key.epoch {
                first = other
                return []
            }
            return KeyCache.evict(&state.cache.dataKeys, limit: limit) + [state.cache.dataKeys.updateValue(key, forKey: job)]
        }
        guard let first else { return kept }
        key.wipe()
        return first
    }

    /// Opens the wrapped data key of a job's envelope.
    func openDataKey(
        _ job: JobDigest, envelope: [UInt8], under hourly: CachedKey, in environment: LiveEnvironment
    ) throws(HierarchyError) -> CachedKey {
        let bytes = Array(envelope.prefix(EnvelopeHeader.jobByteCount))
        let place = WrapPlace.dataKey(of: job, under: hourly.id, in: environment.identity.id)
        let secret: SecretBytes?
        do {
            secret = try hourly.withSecret { hourly throws(CryptographyError) in
                try unsafe KeyWrapper(wrapping: hourly).unwrap(bytes.span.bytes.extracting(EnvelopeHeader.wrappedKey), place: place)
            }
        } catch { throw HierarchyError(error) }
        guard let secret else { throw HierarchyError.wipedMeanwhile }
        let key = CachedKey(
            secret, of: environment, gate: hourly.gate, id: hourly.id, kind: .data, hour: hourly.hour, born: hourly.born,
            span: hourly.span, header: bytes, now: keeper.clock.now)
        let wrappedID = unsafe KeyID(bytes: bytes.span.bytes, at: EnvelopeHeader.wrappedKey.lowerBound)
        let limit = keeper.settings.dataKeys
        return try settle(key, environment) { state in
            KeyCache.evict(&state.cache.openedDataKeys, limit: limit) + [state.cache.openedDataKeys.updateValue(key, forKey: wrappedID)]
        }
    }

    /// 256 fresh bits.
    private func randomKey() throws(HierarchyError) -> SecretBytes {
        do { return try SecretBytes.random(byteCount: 32) } catch { throw HierarchyError(error) }
    }
}
