/// The platform's id of a connection: 1 to 512 bytes of UTF-8. Two are the same when their bytes are, whatever Unicode says of them.
package struct ConnectionID: PlatformID {
    package let text: String

    package init(_ text: String) { self.text = text }
}

/// The platform's id of a job: 1 to 512 bytes of UTF-8. Two are the same when their bytes are, whatever Unicode says of them.
package struct JobID: PlatformID {
    package let text: String

    package init(_ text: String) { self.text = text }
}

/// An id that the platform chose. Swift compares texts by canonical equivalence; the store, and this, by bytes.
package protocol PlatformID: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    var text: String { get }
    init(_ text: String)
}

extension PlatformID {
    /// Of the UTF-8.
    package static var byteCounts: ClosedRange<Int> { 1...512 }

    package init(stringLiteral text: String) { self.init(text) }

    package var bytes: [UInt8] { Array(text.utf8) }

    package var isOfProperSize: Bool { Self.byteCounts.contains(text.utf8.count) }

    package var description: String { text }

    package static func == (a: Self, b: Self) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
