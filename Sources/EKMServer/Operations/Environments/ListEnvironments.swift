internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Reports all environments whose status the peer may see, by name.
enum ListEnvironments: GatedOperation {
    typealias Request = EmptyRequest
    typealias Aim = TheDaemon
    static let operation = Operation.listEnvironments

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let (visible, lookedAt) = VisibleEnvironments(to: found.peer, service).behind(nil)
        guard lookedAt == nil, visible.count <= Int(EnvironmentPageRequest.largest) else {
            throw WireError(
                .limitReached, "There are more than \(EnvironmentPageRequest.largest) environments to list.",
                remedy: "Ask for them page by page: use a newer client.")
        }
        var reports: [EnvironmentReport] = []
        let ciphers = await service.cipherCounts()
        for environment in visible {
            reports.append(try await service.report(of: environment, ciphers: ciphers[environment.identity.id] ?? 0))
        }
        return try OffLoopAnswer(report: reports)
    }
}
