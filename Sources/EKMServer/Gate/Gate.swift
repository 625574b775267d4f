internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// The one way in for what runs beside the event loops: decode, authorise, admit, find, record, perform, record.
struct Gate: Sendable {
    let service: Service

    /// A request that has passed the first two stages, on the event loop that read it: neither takes long, and what is not granted goes no
    /// further.
    struct Pass: Sendable {
        let declaration: OperationDeclaration
        let raw: OffLoopRequest
        fileprivate let goOn: @Sendable () async -> Result<OffLoopAnswer, WireError>

        func perform() async -> Result<OffLoopAnswer, WireError> { await goOn() }
    }

    func enter(_ raw: OffLoopRequest) throws(WireError) -> Pass {
        guard let operation = GatedOperations.byNumber[raw.header.operation] else { throw .unknownOperation(raw.header.operation) }
        return try enter(operation, raw)
    }

    private func enter<O: GatedOperation>(_ operation: O.Type, _ raw: OffLoopRequest) throws(WireError) -> Pass {
        let authorized = try Authorized(Decoded<O>(raw, service), by: service.authorizer)
        return Pass(declaration: authorized.decoded.declaration, raw: raw) { [self] in
            do throws(WireError) { return .success(try await perform(authorized)) } catch { return .failure(error) }
        }
    }

    private func perform<O: GatedOperation>(_ authorized: Authorized<O>) async throws(WireError) -> OffLoopAnswer {
        let admitted = try await Admitted(authorized, service)
        defer { service.admission.leave(admitted.ticket) }
        let found = try await Found(admitted, service)
        let recorded = try await Recorded(found, admitted, service)
        do throws(WireError) {
            let answer = try await O.perform(found, service)
            await recorded.end(.success(answer))
            return answer
        } catch {
            await recorded.end(.failure(error))
            throw error
        }
    }
}
