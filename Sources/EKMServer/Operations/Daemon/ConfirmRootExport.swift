internal import Bedrock
internal import EKMWire
internal import KeyHierarchy

/// Notes that somebody has a copy of the root key, whole: who confirms names the key that stands in it.
enum ConfirmRootExport: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let parsed = try request.fields.withBytes { (fields) throws(WireError) in try RootExportConfirmation(parsing: fields) }
        try service.authorizer.requireAdminOfAll(for: request.peer)
        guard parsed.rootKey == service.root.id else {
            throw WireError(
                .confirmationMismatch, "The copy does not hold the root key of this daemon; it was not noted as a backup.",
                remedy: "Take another copy with `ekmctl root export --to FILE`.")
        }
        await service.daemon.didExportRootKey()
        return OffLoopAnswer(WipedBytes(capacity: 0) { _ in })
    }
}
