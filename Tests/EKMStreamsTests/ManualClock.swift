import Bedrock
import EKMStreams

/// A clock that a test moves.
final class ManualClock: StreamClock {
    private let nanoseconds = Lock<UInt64>(1_000_000_000_000)

    var now: UInt64 { nanoseconds.withLock { $0 } }
    func advance(seconds: UInt64) { nanoseconds.withLock { $0 += seconds * 1_000_000_000 } }
}
