internal import Bedrock
internal import Cryptography
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Decrypts many ciphertexts of one environment and context, each for itself.
enum DecryptBatch: GatedOperation {
    typealias Request = ParsedBatch
    typealias Aim = AnEnvironment
    static let operation = Operation.decryptBatch

    static func decode(_ fields: RawSpan, _ limits: ServerLimits) throws(WireError) -> ParsedBatch {
        try ParsedBatch(fields, limits, allowAny: true)
    }

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        var results = BatchResults()
        var deadline: BootInstant?
        var keys: Set<KeyID> = []
        for item in found.request.items {
            let envelope = found.fields.withBytes { $0.array(item) }
            do throws(WireError) {
                let key = try await self.key(for: envelope, found, service)
                results.add(.success(try open(envelope, with: key, found.request.context, service)))
                deadline = min(deadline ?? key.deadline, key.deadline)
                keys.insert(key.id)
            } catch { results.add(.failure(error)) }
        }
        var answer = OffLoopAnswer(
            results.fields(), secondsLeft: service.secondsLeft(until: deadline ?? found.environment.deadline))
        answer.keys = Array(keys)
        if deadline != nil { answer.secretsOf = found.environment }
        return answer
    }

    private static func key(for envelope: [UInt8], _ found: Found<Self>, _ service: Service) async throws(WireError) -> CachedKey {
        let header = try hierarchyNow { () throws(HierarchyError) in try unsafe EnvelopeHeader(parsing: envelope.span.bytes) }
        guard header.environment == found.environment.identity.id else {
            throw WireError(
                .unknownEnvironment, "This was not encrypted in \(found.environment.identity.name).",
                remedy: "Decrypt it in a batch of its own environment, or by itself.")
        }
        let expected = found.request.scope
        if let expected, expected.kind != header.scope { throw WireError(HierarchyError.otherScope) }
        let key = try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.fetcher.decryptionKey(for: header, envelope: envelope, of: found.environment)
        }
        if let expected, !key.serves(expected, header: header) { throw WireError(HierarchyError.otherScope) }
        return key
    }

    private static func open(_ envelope: [UInt8], with key: CachedKey, _ context: [UInt8], _ service: Service) throws(WireError)
        -> WipedBytes
    {
        guard unsafe envelope.span.bytes.begins(with: key.header) else { throw .cannotDecrypt }
        let plaintext = try unsafe BatchCipher(key).open(envelope.span.bytes, context: context)
        guard key.isUsable(at: service.clock.now) else { throw .wipedMeanwhile }
        return plaintext
    }
}

private func hierarchyNow<R>(_ body: () throws(HierarchyError) -> R) throws(WireError) -> R {
    do throws(HierarchyError) { return try body() } catch { throw WireError(error) }
}
