/// Counts an environment's keys from 1; a new main key or generation gets a new one.
package struct EnvironmentKeyVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let number: UInt32

    package init(number: UInt32) { self.number = number }

    package static let first = Self(number: 1)

    package static func < (a: Self, b: Self) -> Bool { a.number < b.number }

    package var description: String { "\(number)" }
}
