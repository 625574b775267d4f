internal import Bedrock
internal import Cryptography
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Lends a fresh data key: `u32` length, the wrapped key, the key.
enum GenerateDataKey: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let parsed = try request.fields.withBytes { (fields) throws(WireError) in
            let view = try EncryptRequestView(parsingGenerateDataKey: fields)
            guard EncryptRequestView.sizeOfWayBack(fields, overhead: LentDataKey.byteCount) <= service.limits.frame else {
                throw .noWayBack(limit: service.limits.frame)
            }
            return (
                name: fields.string(view.environment) ?? "", scope: KeyHierarchy.Scope(view.scope, in: fields),
                context: try EncryptionContext(view.context, in: fields).canonicalBytes
            )
        }
        let name = try EnvironmentName(wire: parsed.name)
        try service.authorizer.require(.dataKey, on: name, for: request.peer)
        let environment = try service.environment(name)
        guard let scope = parsed.scope else { throw .internalFailure }
        let lent = try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.fetcher.lendDataKey(for: scope, context: parsed.context, in: environment)
        }
        let wrapped = lent.wrapped
        let fields = WipedBytes(capacity: DataKeyAnswerView.fieldsSize(wrappedSize: wrapped.count)) { output in
            output.appendBigEndian(UInt32(wrapped.count))
            unsafe output.append(wrapped.span.bytes)
            lent.key.withBytes { output.append($0) }
        }
        return OffLoopAnswer(fields, secondsLeft: service.secondsLeft(until: lent.deadline))
    }
}
