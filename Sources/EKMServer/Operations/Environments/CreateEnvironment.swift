internal import Bedrock
internal import Cryptography
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Creates an environment under a main key that has proved itself, and reports it.
enum CreateEnvironment: GatedOperation {
    typealias Request = CreateEnvironmentRequest
    typealias Aim = AName
    static let operation = Operation.createEnvironment

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let reference = try found.request.mainKey.reference(for: found.name, by: found.peer, service)
        let material = try found.request.mainKey.material(in: found.fields)
        let environment = try await create(found.name, reference, material, service)
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
