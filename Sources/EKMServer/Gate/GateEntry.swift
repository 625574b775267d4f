internal import EKMWire
internal import KeyHierarchy

/// What is known of a request once its subject is found, for whoever keeps a record.
struct GateEntry: Sendable {
    let peer: Peer
    let operation: Operation
    let trail: OperationDeclaration.Trail
    /// As the request names it, or as what it is about does.
    let environment: EnvironmentName?
    let environmentID: EnvironmentID?
    let begun: WallTime
}
