import Bedrock
package import KeyHierarchy

/// A boot clock that a test moves.
package final class ManualBootClock: BootClock {
    private let instant: Lock<BootInstant>

    package init(_ start: BootInstant = BootInstant(nanoseconds: 1_000_000_000_000)) { instant = Lock(start) }

    package var now: BootInstant { instant.withLock { $0 } }

    package func advance(by duration: Duration) { instant.withLock { $0 = $0.advanced(by: duration) } }
}
