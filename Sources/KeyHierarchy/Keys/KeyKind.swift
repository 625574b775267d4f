/// What a key is for. The raw value stands in every wrap's associated data and in the store: never reuse one.
package enum KeyKind: UInt8, Sendable, CaseIterable {
    case hourly = 2
    case connection = 3
    case log = 4
    case data = 5
    case lent = 6
}
