internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Locks an environment at once, and reports it.
enum LockEnvironment: GatedOperation {
    typealias Request = LockRequest
    typealias Aim = AnEnvironment
    static let operation = Operation.lockEnvironment

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = found.environment
        try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.environments.lock(environment, reason: found.request.reason)
        }
        return try await OffLoopAnswer(environment, service)
    }
}
