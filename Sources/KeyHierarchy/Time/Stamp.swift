/// When something was made, by a clock that may have been in doubt then.
package struct Stamp: Hashable, Sendable, CustomStringConvertible {
    /// A span of time in which the wall clock was not believed; the store counts them.
    package struct Doubt: Hashable, Sendable {
        /// From 1; 0 until the store has given it its number.
        package var number: UInt32
        /// When belief returned, by the clock that is believed since; nil while the doubt lasts.
        package var endedAt: WallTime?

        package init(number: UInt32 = 0, endedAt: WallTime? = nil) {
            self.number = number
            self.endedAt = endedAt
        }
    }

    /// By the clock as it was.
    package var time: WallTime
    /// Nil where the clock was believed.
    package var doubt: Doubt?

    package init(_ time: WallTime, doubt: Doubt? = nil) {
        self.time = time
        self.doubt = doubt
    }

    /// From when it counts: what was made in doubt counts from when belief returned. Nil while nobody can tell.
    package var counted: WallTime? {
        guard let doubt else { return time }
        return doubt.endedAt
    }

    package var description: String { time.description }
}
