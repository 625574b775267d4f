internal import Bedrock
package import KeyHierarchy

/// Lets in one after the other, in the order in which they came.
package final class AsyncLock: Sendable {
    private struct State {
        var isTaken = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Lock(State())

    package init() {}

    package func take() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.isTaken else {
                    state.isTaken = true
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    package func give() {
        let next: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}

extension AsyncLock {
    @discardableResult
    package func run<R: Sendable>(_ body: () async throws(HierarchyError) -> R) async throws(HierarchyError) -> R {
        await take()
        defer { give() }
        return try await body()
    }
}
