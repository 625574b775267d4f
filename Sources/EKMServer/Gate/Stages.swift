internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// The first stage: the request is read, and says what it is about.
struct Decoded<O: GatedOperation>: Sendable {
    let raw: OffLoopRequest
    let declaration: OperationDeclaration
    let request: O.Request
    let aim: O.Aim

    init(_ raw: OffLoopRequest, _ service: Service) throws(WireError) {
        guard let declaration = O.operation.declaration else { throw .unknownOperation(O.operation) }
        self.raw = raw
        self.declaration = declaration
        let limits = service.limits
        request = try raw.fields.withBytes { (fields) throws(WireError) in try O.decode(fields, limits) }
        aim = try O.aim(of: request)
    }
}

/// The second: who asks may, as far as the request tells what it is about.
struct Authorized<O: GatedOperation>: Sendable {
    let decoded: Decoded<O>
    private let epoch: UInt64

    init(_ decoded: Decoded<O>, by authorizer: Authorizer) throws(WireError) {
        epoch = authorizer.epoch
        self.decoded = decoded
        try authorizer.require(decoded.declaration.need, on: decoded.aim.environment, for: decoded.raw.peer)
    }

    /// What waited for its turn goes by the grants of now.
    func renewed(by authorizer: Authorizer) throws(WireError) -> Self {
        epoch == authorizer.epoch ? self : try Self(decoded, by: authorizer)
    }
}

/// The third: there is room for it.
struct Admitted<O: GatedOperation>: Sendable {
    let authorized: Authorized<O>
    let ticket: Admission.Ticket

    /// - Throws: ``ErrorCode/limitReached``.
    init(_ authorized: Authorized<O>, _ service: Service) async throws(WireError) {
        let declaration = authorized.decoded.declaration
        ticket = try await service.admission.admit(authorized.decoded.raw.peer.user, declaration)
        do throws(WireError) { self.authorized = try authorized.renewed(by: service.authorizer) } catch {
            service.admission.leave(ticket)
            throw error
        }
    }
}

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
