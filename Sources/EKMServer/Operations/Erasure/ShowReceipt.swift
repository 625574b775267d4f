internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Hands out one receipt. It outlives its environment; then only who administers all of them may see it. To whoever may not see one
/// there is none.
enum ShowReceipt: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let parsed = try request.fields.withBytes { (fields) throws(WireError) in try ReceiptRequest(parsing: fields) }
        try service.authorizer.requireStatus(for: request.peer)
        guard let id = Hex.bytes(of: parsed.id).flatMap({ ErasureID($0) }) else {
            throw WireError(
                .noReceipt, "The id of a receipt has \(2 * ErasureID.byteCount) hex digits.", remedy: "See `ekmctl receipt list`.")
        }
        let receipt: SignedReceipt
        do throws(HierarchyError) { receipt = try await service.hierarchies.eraser.receipt(id) } catch {
            let open = try await hierarchy { () throws(HierarchyError) in try await service.hierarchies.eraser.openErasure(id) }
            guard let open, mayLook(open.environment, request.peer, service) else {
                throw WireError(error)
            }
            throw WireError(HierarchyError.receiptToCome(open))
        }
        guard mayLook(receipt.environment, request.peer, service) else { throw WireError(HierarchyError.noReceipt(id)) }
        return try OffLoopAnswer(report: ReceiptReport(receipt, service.root.publicKey))
    }

    private static func mayLook(_ id: EnvironmentID, _ peer: Peer, _ service: Service) -> Bool {
        guard let environment = service.hierarchies.keyring.environment(id) else { return service.authorizer.administersAll(peer) }
        return service.authorizer.allows([.status, .admin], on: environment.identity.name, to: peer)
    }
}
