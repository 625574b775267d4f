import TestSupport

/// What chance does to one request, and to all that it sets off: its own stream of numbers, so that it meets the same when others are left
/// out of the plan.
///
/// Sendable although it has no lock: only the simulating thread ever touches it.
final class Fortune: @unchecked Sendable {
    @TaskLocal static var current: Fortune?

    var random: SeededRandom

    init(_ seed: UInt64) { random = SeededRandom(seed: seed) }

    /// That of the request under way.
    static var random: Fortune { current ?? SimExecutor.shared.fortune }
}
