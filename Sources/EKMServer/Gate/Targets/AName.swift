internal import EKMWire
internal import KeyHierarchy

/// A name that an environment may have or get.
struct AName: Target {
    let name: EnvironmentName
    var environment: EnvironmentName? { name }

    init(_ name: String) throws(WireError) { self.name = try EnvironmentName(wire: name) }

    func find(_ need: OperationDeclaration.Need, for peer: Peer, _ service: Service) -> EnvironmentName { name }
}
