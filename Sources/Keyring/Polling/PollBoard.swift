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
    private let results = Lock<[PollTarget: PollResult]>([:])

    /// Nil before the first poll.
    subscript(target: PollTarget) -> PollResult? { results.withLock { $0[target] } }

    /// - Returns: the one before.
    func post(_ result: PollResult, for target: PollTarget) -> PollResult? { results.withLock { $0.updateValue(result, forKey: target) } }

    /// The keys of which there is something to tell.
    var warned: [PollTarget] {
        results.withLock { results in
            results.compactMap { target, result in
                if case .success(let inspection) = result.inspection, !inspection.sentences.isEmpty { target } else { nil }
            }
        }
    }

    func forget(_ target: PollTarget) { results.withLock { _ = $0.removeValue(forKey: target) } }
}
