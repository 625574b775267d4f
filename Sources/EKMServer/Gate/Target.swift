internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// What a request is about: what must be granted for it, and how the gate comes to it.
protocol Target: Sendable {
    associatedtype Subject: Sendable

    /// The environment as far as the request itself names it; what is granted on it decides before anything is looked for.
    var environment: EnvironmentName? { get }
    /// Runs for peers who may. Where only what is found tells its environment, it is refused as if it were not there.
    func find(_ need: OperationDeclaration.Need, for peer: Peer, _ service: Service) async throws(WireError) -> Subject
}

/// The daemon, or all that is granted.
struct TheDaemon: Target {
    var environment: EnvironmentName? { nil }

    func find(_ need: OperationDeclaration.Need, for peer: Peer, _ service: Service) {}
}

/// An environment that must be there.
struct AnEnvironment: Target {
    let name: EnvironmentName
    var environment: EnvironmentName? { name }

    init(_ name: String) throws(WireError) { self.name = try EnvironmentName(wire: name) }

    func find(_ need: OperationDeclaration.Need, for peer: Peer, _ service: Service) throws(WireError) -> LiveEnvironment {
        guard let environment = service.hierarchies.keyring.environment(name) else {
            throw WireError(
                .unknownEnvironment, "There is no environment \(name) here.",
                remedy: "See `ekmctl env list`, or create it with `ekmctl env create \(name)`.")
        }
        return environment
    }
}

/// A name that an environment may have or get.
struct AName: Target {
    let name: EnvironmentName
    var environment: EnvironmentName? { name }

    init(_ name: String) throws(WireError) { self.name = try EnvironmentName(wire: name) }

    func find(_ need: OperationDeclaration.Need, for peer: Peer, _ service: Service) -> EnvironmentName { name }
}

/// An environment that must be there, or none: then all that is granted.
struct PerhapsAnEnvironment: Target {
    private let target: AnEnvironment?
    var environment: EnvironmentName? { target?.name }

    init(_ name: String) throws(WireError) { target = name.isEmpty ? nil : try AnEnvironment(name) }

    func find(_ need: OperationDeclaration.Need, for peer: Peer, _ service: Service) throws(WireError) -> LiveEnvironment? {
        try target?.find(need, for: peer, service)
    }
}

/// The environment that a ciphertext or a lent key names. Whoever may not learn neither that it is here, nor its name, is answered the same.
struct EnvironmentOfCiphertext: Target {
    let id: EnvironmentID
    var environment: EnvironmentName? { nil }

    func find(_ need: OperationDeclaration.Need, for peer: Peer, _ service: Service) throws(WireError) -> LiveEnvironment {
        guard let environment = service.hierarchies.keyring.environment(id),
            service.authorizer.allows(need, on: environment.identity.name, to: peer)
        else {
            throw WireError(
                .unknownEnvironment,
                "This was encrypted in an environment that is not, or no longer, on this daemon, or for which nothing grants you \(need.permissions.first?.rawValue ?? "it").",
                remedy:
                    "Decrypt it on the daemon that has its environment, or ask for the grant; what a deleted environment encrypted is gone."
            )
        }
        return environment
    }
}

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
