internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Sets for how long an environment's keys are kept, and reports it.
enum SetRetention: GatedOperation {
    typealias Request = RetentionRequest
    typealias Aim = AnEnvironment
    static let operation = Operation.setRetention

    /// A thousand years: what is longer is for ever, and no sum of times overflows.
    private static let longest: UInt64 = 365_250 * 86_400

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let environment = found.environment
        let hours = try found.request.change.hours.map(duration)
        let logs = try found.request.change.logs.map(duration)
        let atOnce = found.request.change.atOnce
        try await hierarchy { () throws(HierarchyError) in
            try await service.hierarchies.environments.changeRetention(of: environment, atOnce: atOnce) { retention in
                Retention(hours: hours ?? retention.hours, logs: logs ?? retention.logs)
            }
        }
        return try await OffLoopAnswer(environment, service)
    }

    private static func duration(_ period: RetentionChange.Period) throws(WireError) -> Duration? {
        switch period {
        case .forever: return nil
        case .seconds(let seconds) where (1...longest).contains(seconds): return .seconds(Int64(seconds))
        case .seconds:
            throw WireError(
                .malformedField, "A retention is a second at least, and a thousand years at most.",
                remedy: "Give a time such as 90d, or 'forever'.")
        }
    }
}
