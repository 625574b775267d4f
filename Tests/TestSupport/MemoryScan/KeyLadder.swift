package import Cryptography
package import KeyHierarchy

/// Opens an environment's keys as the daemon does, from the environment key and what the store keeps; into locked memory only.
package struct KeyLadder: ~Copyable {
    private let record: EnvironmentRecord
    private let environmentKey: SecretBytes

    /// - Parameter payload: what the main key made of the environment key's wrap.
    package init(_ record: EnvironmentRecord, payload: borrowing SecretBytes) throws {
        self.record = record
        environmentKey = try EnvironmentKeyPayload.open(
            payload, environment: record.identity.id, version: record.environmentKey.version)
    }

    /// Adds the environment key, and the keys under it that encrypted these envelopes, with their data keys.
    package func add(to needles: Needles, envelopes: [(name: String, bytes: [UInt8])], from store: any KeyStore) async throws {
        let environment = record.identity.id
        try needles.add(key: "the environment key", environmentKey)
        var known: Set<KeyID> = []
        for (name, envelope) in envelopes {
            let header = try EnvelopeHeader(parsing: envelope.span.bytes)
            guard let key = try await store.key(header.key, of: environment),
                let wrap = key.wraps.first(where: { $0.version == record.environmentKey.version })
            else { throw ProcessFailure("the store has no key for \(name)") }
            let place = WrapPlace.stored(key.purpose.kind, key.id, in: environment, under: wrap.version)
            let secret = try KeyWrapper(wrapping: environmentKey).unwrap(wrap.bytes.span.bytes, place: place)
            if known.insert(key.id).inserted { try needles.add(key: "the \(key.purpose.kind) key", secret) }
            let length = EnvelopeHeader.byteCount(for: header.scope)
            guard let job = header.job else {
                try needles.add(messageKey: "the message key of \(name)", of: secret, nonce: envelope[length..<length + 24])
                continue
            }
            let wrapped = Array(envelope[length - EnvelopeHeader.wrappedKeyByteCount..<length])
            let dataKey = try KeyWrapper(wrapping: secret).unwrap(
                wrapped.span.bytes, place: WrapPlace.dataKey(of: job, under: key.id, in: environment))
            try needles.add(key: "the data key of \(name)", dataKey)
            try needles.add(messageKey: "the message key of \(name)", of: dataKey, nonce: envelope[length..<length + 24])
        }
    }
}
