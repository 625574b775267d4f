internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// The fourth: what it is about is there, and who asks may see it.
struct Found<O: GatedOperation>: Sendable {
    let request: O.Request
    let subject: O.Aim.Subject
    let peer: Peer
    /// The request's fields as they came: what must not be copied stays in them.
    let fields: WipedBytes

    init(_ admitted: borrowing Admitted<O>, _ service: Service) async throws(WireError) {
        let decoded = admitted.authorized.decoded
        subject = try await decoded.aim.find(decoded.declaration.need, for: decoded.raw.peer, service)
        request = decoded.request
        peer = decoded.raw.peer
        fields = decoded.raw.fields
    }
}

extension Found where O.Aim.Subject == LiveEnvironment {
    var environment: LiveEnvironment { subject }
}

extension Found where O.Aim.Subject == EnvironmentName {
    var name: EnvironmentName { subject }
}
