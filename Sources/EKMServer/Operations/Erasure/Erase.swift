internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Erases keys of an environment whose name was typed twice, and hands out the receipt.
enum Erase: GatedOperation {
    typealias Request = ErasureRequest
    typealias Aim = AnEnvironment
    static let operation = Operation.erase

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = found.environment
        let name = environment.identity.name
        guard found.request.confirmation == name.description else {
            throw WireError(
                .confirmationMismatch, "The name that was typed is not \(name); nothing was erased.",
                remedy: "Type the environment's name exactly.")
        }
        let receipt = try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.eraser.erase(ErasureRecord.Subject(found.request.subject), of: environment, cause: .command)
        }
        return try OffLoopAnswer(
            report: ReceiptReport(receipt, service.root.publicKey), secondsLeft: service.secondsLeft(of: environment))
    }
}

extension ErasureRecord.Subject {
    init(_ subject: ErasureSubject) {
        switch subject {
        case .before(let seconds): self = .before(WallTime(seconds: Int64(clamping: seconds)))
        case .connection(let id): self = .connection(ConnectionID(id))
        case .logs(let seconds): self = .logs(before: WallTime(seconds: Int64(clamping: seconds)))
        }
    }
}
