internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Reports some of the environments that the peer may see, by name.
enum PageEnvironments: GatedOperation {
    typealias Request = EnvironmentPageRequest
    typealias Aim = TheDaemon
    static let operation = Operation.pageEnvironments

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let request = found.request
        let now = service.clock.now
        let after = request.after.isEmpty ? nil : try EnvironmentName(wire: request.after)
        let (visible, lookedAt) = VisibleEnvironments(to: found.peer, service).behind(after)
        let ciphers = await service.cipherCounts()
        var reports: [EnvironmentReport] = []
        for environment in visible where isAsked(environment, request, at: now) {
            guard reports.count < request.most else {
                return try OffLoopAnswer(report: EnvironmentPageReport(environments: reports, next: reports.last?.environment))
            }
            do throws(WireError) {
                reports.append(try await service.report(of: environment, ciphers: ciphers[environment.identity.id] ?? 0))
            } catch {
                // One that is deleted meanwhile is left out.
                guard error.code == .unknownEnvironment else { throw error }
            }
        }
        return try OffLoopAnswer(report: EnvironmentPageReport(environments: reports, next: lookedAt?.description))
    }

    private static func isAsked(_ environment: LiveEnvironment, _ request: EnvironmentPageRequest, at now: BootInstant) -> Bool {
        (request.pattern.isEmpty || Grant.matches(request.pattern, environment.identity.name))
            && (request.state.isEmpty || environment.state(at: now).rawValue == request.state)
            && (request.kind.isEmpty || environment.record.mainKey.reference.kind.rawValue == request.kind)
    }
}
