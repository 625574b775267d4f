internal import Bedrock
internal import Cryptography
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Creates an environment under a main key that has proved itself, and reports it.
enum CreateEnvironment: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let parsed = try request.fields.withBytes { (fields) throws(WireError) in try CreateEnvironmentRequest(parsing: fields) }
        let name = try EnvironmentName(wire: parsed.environment)
        try service.authorizer.require(.admin, on: name, for: request.peer)
        let material = try parsed.mainKey.material(in: request.fields)
        let environment = try await create(name, parsed.mainKey.reference, material, service)
        return try await OffLoopAnswer(environment, service)
    }

    private static func create(
        _ name: EnvironmentName, _ reference: MainKeyReference, _ material: consuming SecretBytes?, _ service: Service
    ) async throws(WireError) -> LiveEnvironment {
        do throws(HierarchyError) {
            return try await service.hierarchies.environments.create(name, reference: reference, material: material)
        } catch { throw WireError(error) }
    }
}
