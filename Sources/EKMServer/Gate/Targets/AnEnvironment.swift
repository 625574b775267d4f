internal import EKMWire
internal import KeyHierarchy
internal import Keyring

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
