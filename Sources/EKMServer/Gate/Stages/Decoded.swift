internal import Bedrock
internal import EKMWire

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
