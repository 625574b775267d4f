internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Locks an environment at once, and reports it.
enum LockEnvironment: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let parsed = try request.fields.withBytes { (fields) throws(WireError) in try LockRequest(parsing: fields) }
        let name = try EnvironmentName(wire: parsed.environment)
        try service.authorizer.require(.admin, on: name, for: request.peer)
        let environment = try service.environment(name)
        try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.environments.lock(environment, reason: parsed.reason)
        }
        return try await OffLoopAnswer(environment, service)
    }
}
