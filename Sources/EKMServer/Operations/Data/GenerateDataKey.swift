internal import Bedrock
internal import Cryptography
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Lends a fresh data key: `u32` length, the wrapped key, the key.
enum GenerateDataKey: GatedOperation {
    struct Request: NamesEnvironment {
        let environment: String
        let scope: KeyHierarchy.Scope
        let context: [UInt8]
    }

    typealias Aim = AnEnvironment
    static let operation = Operation.generateDataKey

    static func decode(_ fields: RawSpan, _ limits: ServerLimits) throws(WireError) -> Request {
        let view = try EncryptRequestView(parsingGenerateDataKey: fields)
        guard EncryptRequestView.sizeOfWayBack(fields, overhead: LentDataKey.byteCount) <= limits.frame else {
            throw .noWayBack(limit: limits.frame)
        }
        guard let scope = KeyHierarchy.Scope(view.scope, in: fields) else { throw .internalFailure }
        return Request(
            environment: fields.string(view.environment) ?? "", scope: scope,
            context: try EncryptionContext(view.context, in: fields).canonicalBytes)
    }

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let lent = try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.fetcher.lendDataKey(
                for: found.request.scope, context: found.request.context, in: found.environment)
        }
        let wrapped = lent.wrapped
        let fields = WipedBytes(capacity: DataKeyAnswerView.fieldsSize(wrappedSize: wrapped.count)) { output in
            output.appendBigEndian(UInt32(wrapped.count))
            unsafe output.append(wrapped.span.bytes)
            lent.key.withBytes { output.append($0) }
        }
        var answer = OffLoopAnswer(fields, secondsLeft: service.secondsLeft(until: lent.deadline))
        answer.secretsOf = found.environment
        return answer
    }
}
