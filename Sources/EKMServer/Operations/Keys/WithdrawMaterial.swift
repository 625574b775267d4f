internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Destroys uploaded material, with the environment's name typed twice, and reports the main key.
enum WithdrawMaterial: GatedOperation {
    typealias Request = ConfirmedRequest
    typealias Aim = AnEnvironment
    static let operation = Operation.withdrawMaterial

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = found.environment
        let purge = try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.mainKeys.withdrawMaterial(of: environment, confirmation: found.request.confirmation)
        }
        var report = try await service.keyReport(of: environment)
        if let purge { report.warnings.append(purge.reason) }
        return try OffLoopAnswer(report: report, secondsLeft: service.secondsLeft(of: environment))
    }
}
