internal import EKMWire

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
