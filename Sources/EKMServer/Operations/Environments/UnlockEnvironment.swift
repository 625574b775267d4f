internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Takes an environment's lock away, and reports it.
enum UnlockEnvironment: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let parsed = try request.fields.withBytes { (fields) throws(WireError) in try UnlockRequest(parsing: fields) }
        let name = try EnvironmentName(wire: parsed.environment)
        try service.authorizer.require(.admin, on: name, for: request.peer)
        let environment = try service.environment(name)
        try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.environments.unlock(environment, number: parsed.lock)
        }
        return try await OffLoopAnswer(environment, service)
    }
}
