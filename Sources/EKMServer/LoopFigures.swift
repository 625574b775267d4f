internal import KeyHierarchy

/// Asks the event loops what they have done and hold.
///
/// A type of its own: a function that stands in a generic lock by itself is wrapped once more at each look at it, for ever.
struct LoopFigures: Sendable {
    let requests: @Sendable () async -> RequestCounts
    let ciphers: @Sendable () async -> [EnvironmentID: Int]
}
