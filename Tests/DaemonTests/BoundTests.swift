import EKMClient
import EKMWire
import Foundation
import TestSupport
import Testing

/// How long an environment lives after its main key was taken away, measured on a real daemon with short times.
///
/// `EKMD_DENIALS` says how many main keys are taken away in each test, `EKMD_HANGING` how many environments hang behind one KMS.
@Suite("The bound", .serialized)
struct BoundTests {
    private static let denials = ProcessInfo.processInfo.environment["EKMD_DENIALS"].flatMap { Int($0) } ?? 10
    private static let hanging = ProcessInfo.processInfo.environment["EKMD_HANGING"].flatMap { Int($0) } ?? 100

    @Test("holds from the last proof to the first refusal: TTL and a second, whatever the KMS does, and nothing is served after it")
    func timeToLive() async throws {
        let bound = try await BoundKMS(timeToLive: 3)
        let watches = try await watch(
            [.denied, .closed, .throttled, .failing, .hanging, .deniedBeforeGrantArrives], in: bound, within: bound.timeToLive)
        var worst = Duration.zero
        for watch in watches {
            let proof = try bound.lastProof(of: watch.environment)
            worst = max(worst, watch.firstRefusal - proof)
            #expect(watch.firstRefusal - proof <= bound.timeToLive + .seconds(1), "\(watch)")
            #expect(watch.lastSuccess - proof <= bound.timeToLive + .seconds(1), "\(watch)")
        }
        print("TTL of 3 s: \(watches.count) denials, at most \(worst) from the last proof to the first refusal")
    }

    @Test("is one poll and a second where a restriction purges, and for a key that is disabled", arguments: ["purge", "expire"])
    func poll(onRestriction: String) async throws {
        let bound = try await BoundKMS(timeToLive: 10, onRestriction: onRestriction)
        let watches = try await watch(
            onRestriction == "purge" ? [.denied, .disabled] : [.disabled], in: bound, within: .seconds(2))
        let worst = watches.map { $0.firstRefusal - $0.deniedAt }.max() ?? .zero
        for watch in watches {
            #expect(watch.firstRefusal - watch.deniedAt <= BoundKMS.pollInterval + .seconds(1), "\(watch)")
            #expect(watch.lastSuccess - watch.deniedAt <= BoundKMS.pollInterval + .seconds(1), "\(watch)")
        }
        print("polls of 1 s, \(onRestriction): \(watches.count) denials, at most \(worst) from the denial to the first refusal")
    }

    @Test("holds for a customer beside many environments whose KMS hangs: their keys are wiped on time")
    func besideHangingKMS() async throws {
        let bound = try await BoundKMS(timeToLive: 3)
        let silent = bound.kms.createKey()
        let many = try await bound.environments((0..<Self.hanging).map { "many/e\($0)" }, under: silent)
        let others = try await bound.environments(["acme/prod"])
        let other = try #require(others.first)
        bound.kms.inject(.everything(key: silent), .hang)
        let waiting = Task {
            await withTaskGroup(of: Void.self) { group in
                for environment in many {
                    group.addTask {
                        for _ in 0..<3 {
                            _ = try? await bound.client.encrypt([1], environment: environment.name, scope: .log)
                            try? await Task.sleep(for: .milliseconds(200))
                        }
                    }
                }
            }
        }
        let needles = try Needles()
        let envelope = try await bound.client.encrypt([1], environment: other.name, scope: .log).ciphertext
        try await MemoryKeys(daemon: bound.daemon, kms: bound.kms, key: other.key).add(of: other.name, [("a log", envelope)], to: needles)
        // Before and after: the watch ends a good second behind the deadline.
        let before = try wasFound(needles, in: bound)
        let watch = try await BoundWatch.run(other, .denied, after: .seconds(3), in: bound)
        let after = try wasFound(needles, in: bound)
        let proof = try bound.lastProof(of: other)
        #expect(watch.firstRefusal - proof <= bound.timeToLive + .seconds(1), "\(watch)")
        #expect(watch.relapses == 0, "\(watch)")
        #expect(before != false, "the environment's keys are not found even while they are in use")
        #expect(after != true, "keys are left in memory: \(watch)")
        await waiting.value
        bound.kms.release()
        #expect(bound.kms.calls(.decrypt, key: silent) > many.count, "the KMS was not asked behind which they hang")
    }

    /// Whether the daemon's memory holds a needle; nil where only root could tell.
    private func wasFound(_ needles: Needles, in bound: BoundKMS) throws -> Bool? {
        guard ProcessMemory.mayReadOthers, ProcessMemory.isBearable else { return nil }
        return try !ProcessMemory(of: bound.daemon.process.identifier).find(needles).findings.isEmpty
    }

    /// Takes main keys away at random moments, of some environments at a time, and checks what holds for each denial.
    private func watch(_ kinds: [BoundDenial], in bound: BoundKMS, within span: Duration) async throws -> [BoundWatch] {
        var watches: [BoundWatch] = []
        var random = SystemRandomNumberGenerator()
        while watches.count < Self.denials {
            let count = min(20, Self.denials - watches.count)
            let offset = watches.count
            let environments = try await bound.environments((0..<count).map { "acme/e\(offset + $0)" })
            let delays = environments.map { _ in span * Double.random(in: 0...1, using: &random) }
            watches += try await withThrowingTaskGroup(of: BoundWatch.self) { group in
                for (place, environment) in environments.enumerated() {
                    group.addTask {
                        try await BoundWatch.run(environment, kinds[(offset + place) % kinds.count], after: delays[place], in: bound)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            bound.kms.release()
            bound.kms.clearFaults()
        }
        for watch in watches {
            #expect(watch.relapses == 0, "served after it had refused: \(watch)")
            #expect(watch.early.isEmpty, "refused while access was there: \(watch)")
        }
        return watches
    }
}
