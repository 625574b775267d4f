internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Erases keys of an environment whose name was typed twice, and hands out the receipt.
enum Erase: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let parsed = try request.fields.withBytes { (fields) throws(WireError) in try ErasureRequest(parsing: fields) }
        let name = try EnvironmentName(wire: parsed.environment)
        try service.authorizer.require(.admin, on: name, for: request.peer)
        let environment = try service.environment(name)
        guard parsed.confirmation == name.description else {
            throw WireError(
                .confirmationMismatch, "The name that was typed is not \(name); nothing was erased.",
                remedy: "Type the environment's name exactly.")
        }
        let receipt = try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.eraser.erase(ErasureRecord.Subject(parsed.subject), of: environment, cause: .command)
        }
        return try OffLoopAnswer(
            report: ReceiptReport(receipt, service.root.publicKey), secondsLeft: secondsLeft(of: environment, service))
    }
}

extension ErasureRecord.Subject {
    init(_ subject: ErasureSubject) {
        switch subject {
        case .before(let seconds): self = .before(WallTime(seconds: Int64(clamping: seconds)))
        case .connection(let id): self = .connection(ConnectionID(id))
        }
    }
}
