import EKMClient
import EKMWire
import Foundation
import TestSupport
import Testing

/// Reads all that the daemon can read of itself. Each check is seen to find what it looks for while that is there.
@Suite(
    "The daemon's memory", .enabled(if: ProcessMemory.mayReadOthers, "only root may read another process's memory"),
    .enabled(if: ProcessMemory.isBearable, "a sanitizer's shadow would take hours to look through"))
struct MemoryTests {
    @Test("holds an environment's keys while they may be used, and none of them a second after the deadline; clients' data never")
    func deadline() async throws {
        let scene = try await MemoryScene()
        let plaintexts = try Needles()
        let envelopes = try await scene.traffic(plaintexts)
        let leaked = try scene.findStopped(plaintexts)
        #expect(leaked.isEmpty, "of clients' data: \(leaked)")

        let keys = try Needles()
        try await scene.addKeys(of: envelopes, to: keys)
        for (name, envelope) in envelopes {
            _ = try await scene.client.decrypt(envelope, context: EncryptionContext([("part", name)]))
        }
        let live = Set(try scene.findStopped(keys).map(\.needle))
        for name in ["the environment key", "the hourly key", "the connection key", "the log key", "the data key of the job's data"] {
            #expect(live.contains(name), "\(name) is not found even while it is in use: \(live.sorted())")
        }
        for name in [
            "the log key → encrypt, key schedule", "the log key → commit, HMAC's inner state", "the log key → commit, HMAC's outer state",
        ] {
            #expect(live.contains(name), "\(name) is not found even while it is in use: \(live.sorted())")
        }
        let base64 = live.filter { $0.contains("base64") }
        #expect(base64.isEmpty, "no key is kept as base64: \(base64)")

        try await scene.waitForDeadline()
        let (left, extent) = try scene.memory.find(keys)
        #expect(left.isEmpty, "\(left)")
        #expect(try scene.memory.find(plaintexts).findings.isEmpty)
        #expect(extent.bytes > 1 << 20, "only \(extent.bytes) bytes were looked through")
    }

    @Test("holds half a request while the rest is on its way, and nothing of it when the client goes")
    func half() async throws {
        let scene = try await MemoryScene()
        let needles = try Needles()
        let text = scene.plaintext("the request", 300_000, needles)
        var connection: RawConnection? = try RawConnection(to: scene.daemon.socket)
        try connection?.send([0, 8, 0, 0] + text)
        // The daemon reads in its own time.
        var found: [ProcessMemory.Finding] = []
        for _ in 0..<100 where !Set(found.map(\.needle)).contains("the end of the request") {
            found = try scene.memory.find(needles).findings
        }
        let names = Set(found.map(\.needle))
        #expect(names.isSuperset(of: ["the beginning of the request", "the middle of the request", "the end of the request"]), "\(names)")
        connection = nil
        for _ in 0..<100 where !found.isEmpty { found = try scene.memory.find(needles).findings }
        #expect(found.isEmpty, "\(found)")
    }

    @Test("holds nothing of uploaded material and the keys under it after the deadline, nor of the upload ever")
    func material() async throws {
        let scene = try await MemoryScene()
        let needles = try Needles()
        let material = scene.plaintext("the material", 32, needles)
        _ = try await scene.client.createEnvironment("acme/own", mainKey: .material(material))
        let encrypted = try await scene.client.encrypt([1, 2, 3], environment: "acme/own", scope: .log)
        try await scene.client.ping()
        let leaked = try scene.findStopped(needles)
        #expect(leaked.isEmpty, "\(leaked)")
        #expect(try await scene.client.decrypt(encrypted.ciphertext).plaintext == [1, 2, 3])
        let again = try scene.findStopped(needles)
        #expect(again.isEmpty, "\(again)")
    }

    @Test("holds nothing of an environment key that a rotation has replaced, though the environment is in use")
    func rotation() async throws {
        // On a machine that was paused meanwhile the keys are past their deadline, and nobody asks for the rotation: that shows nothing.
        for attempt in 1... {
            let pauses = PauseWatch()
            let steps = try await Self.rotate(try await MemoryScene(timeToLive: 60))
            let pause = pauses.stop()
            if pause < .seconds(20) || attempt == 3 { return steps.check() }
            print("the machine was paused for \(pause): once more")
        }
    }

    /// What was seen of a rotation, and how long after its beginning.
    private struct RotationSteps {
        var oldBefore: Set<String> = []
        var census: [String] = []
        var generation = ""
        var decrypted: [UInt8] = []
        var newAfter: Set<String> = []
        var oldAfter: [ProcessMemory.Finding] = []
        var times: [(step: String, at: Duration)] = []

        func check() {
            #expect(oldBefore.contains("the environment key"), "\(times)")
            #expect(census == [generation], "\(times)")
            #expect(decrypted == [1, 2, 3])
            #expect(newAfter.isSuperset(of: ["the environment key", "the log key"]), "\(newAfter)")
            #expect(oldAfter.isEmpty, "\(oldAfter)")
        }
    }

    private static func rotate(_ scene: MemoryScene) async throws -> RotationSteps {
        var steps = RotationSteps()
        let start = ContinuousClock.now
        func step(_ name: String) { steps.times.append((name, ContinuousClock.now - start)) }
        let envelope = try await scene.client.encrypt([1, 2, 3], environment: MemoryScene.environment, scope: .log).ciphertext
        step("encrypted")
        let old = try Needles()
        try await MemoryKeys(daemon: scene.daemon, kms: scene.kms, key: scene.key).add(of: MemoryScene.environment, [], to: old)
        step("keys computed")
        steps.oldBefore = Set(try scene.findStopped(old).map(\.needle))
        step("looked through")
        steps.generation = scene.kms.rotate(scene.key)
        var report = try await scene.client.showEnvironment(MemoryScene.environment)
        let deadline = ContinuousClock.now + .seconds(20)
        while report.repack != nil || report.census.map(\.generation) != [steps.generation], ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
            report = try await scene.client.showEnvironment(MemoryScene.environment)
        }
        steps.census = report.census.map(\.generation)
        step("rotated")
        steps.decrypted = try await scene.client.decrypt(envelope).plaintext
        let new = try Needles()
        try await MemoryKeys(daemon: scene.daemon, kms: scene.kms, key: scene.key)
            .add(of: MemoryScene.environment, [("a log", envelope)], to: new)
        steps.newAfter = Set(try scene.findStopped(new).map(\.needle))
        steps.oldAfter = try scene.findStopped(old)
        step("looked through again")
        return steps
    }
}
