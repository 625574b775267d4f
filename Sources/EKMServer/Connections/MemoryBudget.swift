internal import Bedrock

/// What all connections together may hold of frames that are not whole, requests that wait and answers that are not read; no user has all of
/// it.
final class MemoryBudget: Sendable {
    private struct State {
        var all = 0
        var byUser: [UInt32: Int] = [:]
    }

    let all: Int
    let user: Int
    private let state = Lock(State())

    /// - Parameter all: bytes.
    init(_ all: Int) {
        self.all = all
        user = all / 2
    }

    /// Takes bytes for a user.
    /// - Returns: false where there is no room for them; then nothing is taken.
    func take(_ count: Int, _ user: UInt32) -> Bool {
        state.withLock { state in
            let taken = state.byUser[user] ?? 0
            guard state.all + count <= all, taken + count <= self.user else { return false }
            state.all += count
            state.byUser[user] = taken + count
            return true
        }
    }

    /// Takes bytes that a user can do without: no more than leaves half of everything for what it cannot.
    /// - Returns: false where there is no room for them; then nothing is taken.
    func takeSpare(_ count: Int, _ user: UInt32) -> Bool {
        state.withLock { state in
            let taken = state.byUser[user] ?? 0
            guard state.all + count <= all / 2, taken + count <= self.user / 2 else { return false }
            state.all += count
            state.byUser[user] = taken + count
            return true
        }
    }

    func give(_ count: Int, _ user: UInt32) {
        guard count > 0 else { return }
        state.withLock { state in
            state.all -= count
            let left = (state.byUser[user] ?? 0) - count
            state.byUser[user] = left > 0 ? left : nil
        }
    }

    var taken: Int { state.withLock { $0.all } }
}
