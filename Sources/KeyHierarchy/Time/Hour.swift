/// One hour of wall time, counted from 1970-01-01T00:00Z.
package struct Hour: Hashable, Comparable, Sendable {
    package let number: UInt32

    package init(number: UInt32) { self.number = number }

    package static func < (a: Self, b: Self) -> Bool { a.number < b.number }

    package var start: WallTime { WallTime(seconds: Int64(number) * 3600) }
}
