internal import Bedrock
internal import Cryptography
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Opens a lent data key: the 32 bytes of the key.
enum OpenDataKey: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let parsed = try request.fields.withBytes { (fields) throws(WireError) in
            let view = try DecryptRequestView(parsing: fields)
            return (
                expected: KeyHierarchy.Scope(view.expectedScope, in: fields),
                context: try EncryptionContext(view.context, in: fields).canonicalBytes, wrapped: fields.array(view.payload)
            )
        }
        let lent: LentDataKey
        do throws(HierarchyError) { lent = try LentDataKey(parsing: parsed.wrapped) } catch { throw WireError(error) }
        let environment = try service.environment(lent.environment, .dataKey, for: request.peer)
        let opened = try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.fetcher.openDataKey(lent, context: parsed.context, expected: parsed.expected, in: environment)
        }
        return OffLoopAnswer(opened.key.withBytes { WipedBytes(copying: $0) }, secondsLeft: service.secondsLeft(until: opened.deadline))
    }
}
