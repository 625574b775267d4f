internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Takes an environment's lock away, and reports it.
enum UnlockEnvironment: GatedOperation {
    typealias Request = UnlockRequest
    typealias Aim = AnEnvironment
    static let operation = Operation.unlockEnvironment

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = found.environment
        try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.environments.unlock(environment, number: found.request.lock)
        }
        return try await OffLoopAnswer(environment, service)
    }
}
