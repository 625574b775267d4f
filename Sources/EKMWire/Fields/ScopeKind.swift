/// The kind of a scope, as its number on the wire.
package struct ScopeKind: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    @inlinable
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Only where a scope is expected: none is.
    package static let any = ScopeKind(rawValue: 0)
    package static let job = ScopeKind(rawValue: 1)
    package static let connection = ScopeKind(rawValue: 2)
    package static let event = ScopeKind(rawValue: 3)
    package static let log = ScopeKind(rawValue: 4)

    /// Whether an id follows the kind.
    @inlinable package var hasID: Bool { self == .job || self == .connection }
}
