import EKMClient
import EKMWire
import TestSupport

/// One environment under steady traffic, and when it served and refused.
struct BoundWatch: Sendable {
    static let pause: Duration = .milliseconds(20)

    /// How long it is looked at after the first refusal.
    private static let afterglow: Duration = .seconds(3)

    let environment: BoundEnvironment
    let denial: BoundDenial
    /// When access was gone.
    var deniedAt: ContinuousClock.Instant
    /// When the last answer came that was no refusal.
    var lastSuccess: ContinuousClock.Instant
    /// When the first refusal came after ``deniedAt``.
    var firstRefusal: ContinuousClock.Instant
    /// How many answers were given after the first refusal that were none.
    var relapses = 0
    /// Refusals while access was still there.
    var early: [String] = []

    /// Uses the environment, has access taken away after `delay`, and goes on until it refused for a while.
    static func run(
        _ environment: BoundEnvironment, _ denial: BoundDenial, after delay: Duration, in bound: BoundKMS
    ) async throws -> BoundWatch {
        let (client, kms) = (bound.client, bound.kms)
        let sealed = try await client.encrypt([1, 2, 3], environment: environment.name, scope: .job("1")).ciphertext
        let begun = Guarded<ContinuousClock.Instant?>(nil)
        let denying = Task {
            try await Task.sleep(for: delay)
            try await denial.begin(environment, kms)
            begun.with { $0 = .now }
        }
        var lastSuccess = ContinuousClock.now
        var firstRefusal: ContinuousClock.Instant?
        var (relapses, early, turn): (Int, [String], Int) = (0, [], 0)
        let giveUp = ContinuousClock.now + delay + bound.timeToLive + .seconds(15)
        while ContinuousClock.now < min(giveUp, firstRefusal.map { $0 + Self.afterglow } ?? giveUp) {
            turn += 1
            let isDenied = begun.with { $0 } != nil || denial == .deniedBeforeGrantArrives
            do throws(EKMClientError) {
                if turn.isMultiple(of: 2) {
                    _ = try await client.decrypt(sealed)
                } else {
                    _ = try await client.encrypt([1], environment: environment.name, scope: .connection("c\(turn % 7)"))
                }
                lastSuccess = .now
                if firstRefusal != nil { relapses += 1 }
            } catch {
                if isDenied { firstRefusal = firstRefusal ?? .now } else { early.append("\(error)") }
            }
            try await Task.sleep(for: pause)
        }
        try await denying.value
        guard let deniedAt = begun.with({ $0 }), let firstRefusal else {
            throw ProcessFailure("\(environment.name) was not refused within \(bound.timeToLive + .seconds(15)) after it was \(denial)")
        }
        return BoundWatch(
            environment: environment, denial: denial, deniedAt: deniedAt, lastSuccess: lastSuccess, firstRefusal: firstRefusal,
            relapses: relapses, early: early)
    }
}

extension BoundWatch: CustomStringConvertible {
    var description: String {
        "\(environment.name) \(denial): last success \(lastSuccess - deniedAt) and first refusal \(firstRefusal - deniedAt) after it, "
            + "\(relapses) answers after the refusal, refused before: \(early)"
    }
}
