internal import EKMWire
internal import KeyHierarchy

/// Deletes an environment whose name was typed twice, and reports what is unreadable from now on.
enum DeleteEnvironment: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let parsed = try request.fields.withBytes { (fields) throws(WireError) in
            try ConfirmedRequest(.deleteEnvironment, parsing: fields)
        }
        let name = try EnvironmentName(wire: parsed.environment)
        try service.authorizer.require(.admin, on: name, for: request.peer)
        let (contents, purge) = try await hierarchy { () throws(HierarchyError) in
            try await service.keyring.deleteEnvironment(name, confirmation: parsed.confirmation)
        }
        var report = DeletionReport(name, contents)
        report.purgeDue = purge?.reason
        return try OffLoopAnswer(report: report)
    }
}
