internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Reports one environment.
enum ShowEnvironment: GatedOperation {
    typealias Request = EnvironmentRequest
    typealias Aim = AnEnvironment
    static let operation = Operation.showEnvironment

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        try await OffLoopAnswer(found.environment, service)
    }
}
