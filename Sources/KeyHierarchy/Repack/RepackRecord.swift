/// A repack as the store keeps it: every live key is to get a wrap under `target`.
package struct RepackRecord: Hashable, Sendable {
    /// Why it was begun. The raw value stands in the store.
    package enum Cause: UInt8, Sendable {
        /// The KMS rotated the main key, or ekmd rotated one that it manages.
        case rotation = 1
        /// The customer replaced the main key; only this one can be cancelled.
        case replacement = 2
    }

    package enum State: UInt8, Sendable {
        case running = 1
        /// By the operator.
        case paused = 2
    }

    package var target: EnvironmentKeyVersion
    /// The version that was current before, and is again after a cancel.
    package var previous: EnvironmentKeyVersion
    package var cause: Cause
    package var state: State
    package var startedAt: WallTime
    /// Keys up to this id have been visited; nil at the beginning.
    package var cursor: KeyID?
    /// How many keys were moved, and how many there were to move at the start.
    package var moved: Int
    package var total: Int

    package init(
        target: EnvironmentKeyVersion, previous: EnvironmentKeyVersion, cause: Cause, state: State = .running, startedAt: WallTime,
        cursor: KeyID? = nil, moved: Int = 0, total: Int = 0
    ) {
        self.target = target
        self.previous = previous
        self.cause = cause
        self.state = state
        self.startedAt = startedAt
        self.cursor = cursor
        self.moved = moved
        self.total = total
    }
}
