internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Destroys uploaded material, with the environment's name typed twice, and reports the main key.
enum WithdrawMaterial: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let parsed = try request.fields.withBytes { (fields) throws(WireError) in
            try ConfirmedRequest(.withdrawMaterial, parsing: fields)
        }
        let name = try EnvironmentName(wire: parsed.environment)
        try service.authorizer.require(.admin, on: name, for: request.peer)
        let environment = try service.environment(name)
        let purge = try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.mainKeys.withdrawMaterial(of: environment, confirmation: parsed.confirmation)
        }
        var report = try await service.keyReport(of: environment)
        if let purge { report.warnings.append(purge.reason) }
        return try OffLoopAnswer(report: report, secondsLeft: secondsLeft(of: environment, service))
    }
}
