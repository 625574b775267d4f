internal import EKMWire
internal import KeyHierarchy

/// The daemon, or all that is granted.
struct TheDaemon: Target {
    var environment: EnvironmentName? { nil }

    func find(_ need: OperationDeclaration.Need, for peer: Peer, _ service: Service) {}
}
