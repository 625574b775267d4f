internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Deletes an environment whose name was typed twice, and reports what is unreadable from now on.
enum DeleteEnvironment: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let parsed = try request.fields.withBytes { (fields) throws(WireError) in
            try ConfirmedRequest(.deleteEnvironment, parsing: fields)
        }
        let name = try EnvironmentName(wire: parsed.environment)
        try service.authorizer.require(.admin, on: name, for: request.peer)
        let deletion = try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.environments.delete(name, confirmation: parsed.confirmation)
        }
        var report = DeletionReport(name, deletion.contents)
        report.purgeDue = deletion.purgeDue?.reason
        return try OffLoopAnswer(report: report)
    }
}
