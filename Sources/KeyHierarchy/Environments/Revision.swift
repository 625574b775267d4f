/// Counts the changes of one environment's record, from 1. Every change names the revision that it was decided on.
package struct Revision: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let number: UInt64

    package init(number: UInt64) { self.number = number }

    package static let first = Self(number: 1)

    package var next: Self { Self(number: number + 1) }

    package static func < (a: Self, b: Self) -> Bool { a.number < b.number }

    package var description: String { "\(number)" }
}
