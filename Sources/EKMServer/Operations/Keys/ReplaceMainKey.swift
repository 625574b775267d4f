internal import Bedrock
internal import Cryptography
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Points an environment at another main key, once that has proved itself, and the old one has too.
enum ReplaceMainKey: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let parsed = try request.fields.withBytes { (fields) throws(WireError) in try ReplaceMainKeyRequest(parsing: fields) }
        let name = try EnvironmentName(wire: parsed.environment)
        try service.authorizer.require(.admin, on: name, for: request.peer)
        let environment = try service.environment(name)
        let material = try parsed.mainKey.material(in: request.fields)
        let outcome = try await replace(environment, parsed.mainKey.reference, material, ReplacementOptions(parsed.flags), service)
        return try OffLoopAnswer(
            report: ReplacementOutcomeReport(outcome, of: name), secondsLeft: secondsLeft(of: environment, service))
    }

    private static func replace(
        _ environment: LiveEnvironment, _ reference: MainKeyReference, _ material: consuming SecretBytes?, _ options: ReplacementOptions,
        _ service: Service
    ) async throws(WireError) -> ReplacementOutcome {
        do throws(HierarchyError) {
            return try await service.hierarchies.mainKeys.replaceMainKey(
                of: environment, reference: reference, material: material, options: options)
        } catch { throw WireError(error) }
    }
}

extension ReplacementOptions {
    fileprivate init(_ flags: ReplacementFlags) {
        self.init(
            isDryRun: flags.contains(.dryRun), withoutOld: flags.contains(.withoutOld), whenGranted: flags.contains(.whenGranted))
    }
}
