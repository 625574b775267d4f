internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// A receipt. It outlives its environment: then only who administers all of them may see it. To whoever may not see one there is none.
struct AReceipt: Target {
    let id: ErasureID
    var environment: EnvironmentName? { nil }

    init(_ hex: String) throws(WireError) {
        guard let id = ErasureID(hex: hex) else {
            throw WireError(
                .noReceipt, "The id of a receipt has \(2 * ErasureID.byteCount) hex digits.", remedy: "See `ekmctl receipt list`.")
        }
        self.id = id
    }

    func find(_ need: OperationDeclaration.Need, for peer: Peer, _ service: Service) async throws(WireError) -> SignedReceipt {
        let receipt: SignedReceipt
        do throws(HierarchyError) { receipt = try await service.hierarchies.eraser.receipt(id) } catch {
            let open = try await hierarchy { () throws(HierarchyError) in try await service.hierarchies.eraser.openErasure(id) }
            guard let open, maySee(open.environment, need, peer, service) else { throw WireError(error) }
            throw WireError(HierarchyError.receiptToCome(open))
        }
        guard maySee(receipt.environment, need, peer, service) else { throw WireError(HierarchyError.noReceipt(id)) }
        return receipt
    }

    private func maySee(_ id: EnvironmentID, _ need: OperationDeclaration.Need, _ peer: Peer, _ service: Service) -> Bool {
        guard let environment = service.hierarchies.keyring.environment(id) else { return service.authorizer.administersAll(peer) }
        return service.authorizer.allows(need, on: environment.identity.name, to: peer)
    }
}
