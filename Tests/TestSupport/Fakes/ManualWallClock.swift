import Bedrock
package import KeyHierarchy

/// A wall clock that a test moves, either way.
package final class ManualWallClock: WallClock {
    private let time: Lock<WallTime>

    /// Begins at 2026-11-23T10:20:00Z unless told otherwise.
    package init(_ start: WallTime = WallTime(seconds: 1_795_429_200)) { time = Lock(start) }

    package var now: WallTime { time.withLock { $0 } }

    package func advance(by duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }

    package func set(_ time: WallTime) { self.time.withLock { $0 = time } }
}
