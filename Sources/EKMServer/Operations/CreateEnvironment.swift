internal import Cryptography
internal import EKMWire
internal import KeyHierarchy

/// Creates an environment under a main key that has proved itself, and reports it.
enum CreateEnvironment: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let parsed = try request.fields.withBytes { (fields) throws(WireError) in try CreateEnvironmentRequest(parsing: fields) }
        let name = try EnvironmentName(wire: parsed.environment)
        try service.authorizer.require(.admin, on: name, for: request.peer)
        let material = try material(parsed.mainKey, in: request.fields)
        let environment = try await create(name, reference(parsed.mainKey), material, service)
        let view = try await hierarchy { () throws(HierarchyError) in try await service.keyring.view(of: environment) }
        return try OffLoopAnswer(report: EnvironmentReport(view), secondsLeft: secondsLeft(of: environment, service))
    }

    private static func create(
        _ name: EnvironmentName, _ reference: MainKeyReference, _ material: consuming SecretBytes?, _ service: Service
    ) async throws(WireError) -> LiveEnvironment {
        do throws(HierarchyError) {
            return try await service.keyring.createEnvironment(name, reference: reference, material: material)
        } catch { throw WireError(error) }
    }

    private static func reference(_ key: MainKeyField) -> MainKeyReference {
        switch key {
        case .managed: return .managed
        case .material: return .material
        case .awsKMS(let key):
            var options = ["given": key.reference]
            options["role-arn"] = key.roleARN
            options["external-id"] = key.externalID
            return MainKeyReference(kind: .awsKMS, identifier: key.reference, options: options)
        }
    }

    private static func material(_ key: MainKeyField, in fields: WipedBytes) throws(WireError) -> SecretBytes? {
        guard case .material(let range) = key else { return nil }
        do throws(CryptographyError) {
            return try fields.withBytes { (fields) throws(CryptographyError) in try SecretBytes(copying: fields.extracting(range)) }
        } catch { throw WireError(error) }
    }
}
