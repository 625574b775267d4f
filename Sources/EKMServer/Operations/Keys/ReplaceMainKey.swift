internal import Bedrock
internal import Cryptography
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Points an environment at another main key, once that has proved itself, and the old one has too.
enum ReplaceMainKey: GatedOperation {
    typealias Request = ReplaceMainKeyRequest
    typealias Aim = AnEnvironment
    static let operation = Operation.replaceMainKey

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let (environment, request) = (found.environment, found.request)
        let reference = try request.mainKey.reference(for: environment.identity.name, by: found.peer, service)
        let material = try request.mainKey.material(in: found.fields)
        let outcome = try await replace(environment, reference, material, ReplacementOptions(request.flags), service)
        return try OffLoopAnswer(
            report: ReplacementOutcomeReport(outcome, of: environment.identity.name), secondsLeft: service.secondsLeft(of: environment))
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
