internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Reports which keys an erasure would take.
enum PreviewErasure: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let parsed = try request.fields.withBytes { (fields) throws(WireError) in try ErasureRequest(parsingPreview: fields) }
        let name = try EnvironmentName(wire: parsed.environment)
        try service.authorizer.requireStatus(of: name, for: request.peer)
        let environment = try service.environment(name)
        let contents = try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.eraser.preview(ErasureRecord.Subject(parsed.subject), of: environment)
        }
        return try OffLoopAnswer(report: DeletionReport(name, contents), secondsLeft: secondsLeft(of: environment, service))
    }
}
