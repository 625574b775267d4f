internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Reports which keys an erasure would take.
enum PreviewErasure: GatedOperation {
    typealias Request = ErasureRequest
    typealias Aim = AnEnvironment
    static let operation = Operation.previewErasure

    static func decode(_ fields: RawSpan, _ limits: ServerLimits) throws(WireError) -> ErasureRequest {
        try ErasureRequest(parsingPreview: fields)
    }

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = found.environment
        let contents = try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.eraser.preview(ErasureRecord.Subject(found.request.subject), of: environment)
        }
        return try OffLoopAnswer(
            report: DeletionReport(environment.identity.name, contents), secondsLeft: service.secondsLeft(of: environment))
    }
}
