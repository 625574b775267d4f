internal import Bedrock
internal import Cryptography
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Encrypts many plaintexts under one scope and context, each for itself.
enum EncryptBatch: GatedOperation {
    typealias Request = ParsedBatch
    typealias Aim = AnEnvironment
    static let operation = Operation.encryptBatch

    static func decode(_ fields: RawSpan, _ limits: ServerLimits) throws(WireError) -> ParsedBatch {
        try ParsedBatch(fields, limits, allowAny: false)
    }

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let request = found.request
        guard let scope = request.scope else { throw .internalFailure }
        let key = try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.fetcher.encryptionKey(for: scope, of: found.environment)
        }
        let fields = try found.fields.withBytes { (fields) throws(WireError) in try seal(request, fields, under: key, service) }
        var answer = OffLoopAnswer(fields, secondsLeft: service.secondsLeft(until: key.deadline))
        answer.keys = [key.id]
        return answer
    }

    private static func seal(
        _ request: ParsedBatch, _ fields: RawSpan, under key: CachedKey, _ service: Service
    ) throws(WireError) -> WipedBytes {
        let cipher = try BatchCipher(key)
        var results = BatchResults()
        for item in request.items {
            do throws(WireError) {
                guard key.mayEncrypt(in: service.wallClock.now.hour, at: service.clock.now) else { throw .wipedMeanwhile }
                let overhead = key.header.count + EnvelopeCipher.overhead
                guard request.shared + max(1 + request.environment.utf8.count, overhead) + item.count <= request.limit else {
                    throw .noWayBack(limit: request.limit)
                }
                results.add(.success(try cipher.seal(fields.extracting(item), context: request.context)))
            } catch { results.add(.failure(error)) }
        }
        return results.fields()
    }
}
