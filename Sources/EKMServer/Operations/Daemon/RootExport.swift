internal import Bedrock
internal import EKMWire
internal import KeyHierarchy

/// Hands out the 32 bytes of the root key, for a backup: without it, managed and uploaded keys are lost. It counts as one only when
/// it is confirmed: what was handed out may never have come to a disk.
enum RootExport: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        _ = try request.fields.withBytes { (fields) throws(WireError) in try EmptyRequest(.rootExport, parsing: fields) }
        try service.authorizer.requireAdminOfAll(for: request.peer)
        return OffLoopAnswer(service.root.withBytes { WipedBytes(copying: $0) })
    }
}
