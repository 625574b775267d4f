import Bedrock

/// What an operator should look at, by where it comes from.
final class DaemonWarnings: Sendable {
    enum Source: Int, Comparable, Sendable {
        case configuration, reload, restart, state, store, socket

        static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    private let sentences = Lock<[Source: [String]]>([:])

    func set(_ source: Source, _ sentences: [String]) { self.sentences.withLock { $0[source] = sentences } }

    subscript(source: Source) -> [String] { sentences.withLock { $0[source] ?? [] } }

    var all: [String] { sentences.withLock { $0 }.sorted { $0.key < $1.key }.flatMap(\.value) }
}
