import KeyHierarchy
import Keyring

/// The environments' states in one line, for `STATUS=`.
struct EnvironmentsSummary: Equatable, Sendable {
    let text: String

    init(_ counts: [EnvironmentView.State: Int]) {
        let count = counts.values.reduce(0, +)
        guard count > 0 else {
            text = "no environments yet"
            return
        }
        let parts = EnvironmentView.State.allCases.compactMap { state in counts[state].map { "\($0) \(state.rawValue)" } }
        text = "\(count) \(count == 1 ? "environment" : "environments"): " + parts.joined(separator: ", ")
    }
}
