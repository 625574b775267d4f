internal import Bedrock
internal import Cryptography
package import KeyHierarchy

/// What the last poll of a key said.
package struct PollResult: Sendable {
    package var at: WallTime
    package var inspection: Result<MainKeyInspection, MainKeyFailure>
}

/// The last answers of all polls.
final class PollBoard: Sendable {
    private struct State {
        var results: [PollTarget: PollResult] = [:]
        /// Those of which there is something to tell.
        var warned: Set<PollTarget> = []
    }

    private let state = Lock(State())

    /// Nil before the first poll.
    subscript(target: PollTarget) -> PollResult? { state.withLock { $0.results[target] } }

    /// - Returns: the one before.
    func post(_ result: PollResult, for target: PollTarget) -> PollResult? {
        state.withLock { state in
            if result.tellsSomething { state.warned.insert(target) } else { state.warned.remove(target) }
            return state.results.updateValue(result, forKey: target)
        }
    }

    /// At most `limit` of the keys of which there is something to tell.
    func warned(limit: Int) -> [PollTarget] { state.withLock { Array($0.warned.prefix(limit)) } }

    func forget(_ target: PollTarget) {
        state.withLock { state in
            state.results[target] = nil
            state.warned.remove(target)
        }
    }
}

extension PollResult {
    fileprivate var tellsSomething: Bool {
        if case .success(let inspection) = inspection { !inspection.sentences.isEmpty } else { false }
    }
}
