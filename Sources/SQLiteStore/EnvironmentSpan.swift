internal import GRDB

/// Environments whose ids begin with certain bytes: a large store is read in spans, so that cores share the work and no more than a part
/// of the rows is in memory.
struct EnvironmentSpan: Sendable {
    /// A store of fewer pages is one span.
    private static let smallest = 4096
    private static let count = 64

    /// The first byte of the ids; nil: from the first one on, or to the last.
    let from: UInt8?
    let to: UInt8?

    static func all(pages: Int) -> [EnvironmentSpan] {
        guard pages >= smallest else { return [EnvironmentSpan(from: nil, to: nil)] }
        let bounds: [UInt8?] = [nil] + (1..<count).map { UInt8($0 * 256 / count) } + [nil]
        return zip(bounds, bounds.dropFirst()).map { EnvironmentSpan(from: $0, to: $1) }
    }

    func condition(on column: String) -> String {
        let bounds = [from.map { _ in "\(column) >= ?" }, to.map { _ in "\(column) < ?" }].compactMap { $0 }
        return bounds.isEmpty ? "TRUE" : bounds.joined(separator: " AND ")
    }

    var arguments: [DatabaseValue] { [from, to].compactMap { $0 }.map { [$0].blob } }
}
