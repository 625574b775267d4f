internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Deletes an environment whose name was typed twice, and reports what is unreadable from now on.
enum DeleteEnvironment: GatedOperation {
    typealias Request = ConfirmedRequest
    typealias Aim = AnEnvironment
    static let operation = Operation.deleteEnvironment

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let deletion = try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.environments.delete(found.environment.identity.name, confirmation: found.request.confirmation)
        }
        var report = DeletionReport(found.environment.identity.name, deletion.contents)
        report.purgeDue = deletion.purgeDue?.reason
        return try OffLoopAnswer(report: report)
    }
}
