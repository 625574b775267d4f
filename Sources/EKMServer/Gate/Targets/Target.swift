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
