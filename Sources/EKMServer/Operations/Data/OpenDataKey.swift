internal import Bedrock
internal import Cryptography
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Opens a lent data key: the 32 bytes of the key.
enum OpenDataKey: GatedOperation {
    struct Request: Sendable {
        let expected: KeyHierarchy.Scope?
        let context: [UInt8]
        let lent: LentDataKey
    }

    static let operation = Operation.openDataKey

    static func decode(_ fields: RawSpan, _ limits: ServerLimits) throws(WireError) -> Request {
        let view = try DecryptRequestView(parsing: fields)
        let expected = KeyHierarchy.Scope(view.expectedScope, in: fields)
        let context = try EncryptionContext(view.context, in: fields).canonicalBytes
        do throws(HierarchyError) {
            return Request(expected: expected, context: context, lent: try LentDataKey(parsing: fields.array(view.payload)))
        } catch { throw WireError(error) }
    }

    static func aim(of request: Request) -> EnvironmentOfCiphertext { EnvironmentOfCiphertext(id: request.lent.environment) }

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let request = found.request
        let opened = try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.fetcher.openDataKey(
                request.lent, context: request.context, expected: request.expected, in: found.environment)
        }
        var answer = OffLoopAnswer(
            opened.key.withBytes { WipedBytes(copying: $0) }, secondsLeft: service.secondsLeft(until: opened.deadline))
        answer.secretsOf = found.environment
        return answer
    }
}
