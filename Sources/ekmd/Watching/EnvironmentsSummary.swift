import KeyHierarchy
import Keyring

/// The environments' states in one line, for `STATUS=`.
struct EnvironmentsSummary: Equatable, Sendable {
    let text: String

    init(_ states: [EnvironmentView.State]) {
        guard !states.isEmpty else {
            text = "no environments yet"
            return
        }
        var counts: [EnvironmentView.State: Int] = [:]
        for state in states { counts[state, default: 0] += 1 }
        let parts = EnvironmentView.State.allCases.compactMap { state in counts[state].map { "\($0) \(state.rawValue)" } }
        text = "\(states.count) \(states.count == 1 ? "environment" : "environments"): " + parts.joined(separator: ", ")
    }
}
