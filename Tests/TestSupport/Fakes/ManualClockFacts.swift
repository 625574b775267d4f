import Bedrock
internal import KeyHierarchy

/// A machine that a test boots, and whose clock it synchronises.
package final class ManualClockFacts: ClockFacts {
    private struct State {
        var boots = 1
        var isSynchronised = true
    }

    private let state = Lock(State())

    package init() {}

    package var bootID: String {
        let boots = String(state.withLock { $0.boots })
        return "00000000-0000-0000-0000-" + String(repeating: "0", count: 12 - boots.count) + boots
    }

    package var isSynchronised: Bool { state.withLock { $0.isSynchronised } }

    /// What a kernel says right after a boot: nothing has synchronised its clock yet.
    package func boot() {
        state.withLock { state in
            state.boots += 1
            state.isSynchronised = false
        }
    }

    package func synchronise(_ isSynchronised: Bool = true) { state.withLock { $0.isSynchronised = isSynchronised } }
}
