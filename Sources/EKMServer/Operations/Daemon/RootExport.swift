internal import Bedrock
internal import EKMWire
internal import KeyHierarchy

/// Hands out the 32 bytes of the root key, for a backup: without it, managed and uploaded keys are lost.
enum RootExport: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        _ = try request.fields.withBytes { (fields) throws(WireError) in try EmptyRequest(.rootExport, parsing: fields) }
        try service.authorizer.requireAdminOfAll(for: request.peer)
        let key = service.root.withBytes { WipedBytes(copying: $0) }
        await service.daemon.didExportRootKey()
        return OffLoopAnswer(key)
    }
}
