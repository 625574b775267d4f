internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// An environment that must be there, or none: then all that is granted.
struct PerhapsAnEnvironment: Target {
    private let target: AnEnvironment?
    var environment: EnvironmentName? { target?.name }

    init(_ name: String) throws(WireError) { target = name.isEmpty ? nil : try AnEnvironment(name) }

    func find(_ need: OperationDeclaration.Need, for peer: Peer, _ service: Service) throws(WireError) -> LiveEnvironment? {
        try target?.find(need, for: peer, service)
    }
}
