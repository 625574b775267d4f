import EKMClient
import EKMWire
import Foundation
import TestSupport
import Testing

/// Reads all that the daemon can read of itself. Each check is seen to find what it looks for while that is there.
@Suite("The daemon's memory", .enabled(if: ProcessMemory.mayReadOthers, "only root may read another process's memory"))
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
        let scene = try await MemoryScene(timeToLive: 60)
        let envelope = try await scene.client.encrypt([1, 2, 3], environment: MemoryScene.environment, scope: .log).ciphertext
        let old = try Needles()
        try await MemoryKeys(daemon: scene.daemon, kms: scene.kms, key: scene.key).add(of: MemoryScene.environment, [], to: old)
        #expect(try scene.findStopped(old).map(\.needle).contains("the environment key"))
        let generation = scene.kms.rotate(scene.key)
        var report = try await scene.client.showEnvironment(MemoryScene.environment)
        let deadline = ContinuousClock.now + .seconds(20)
        while report.repack != nil || report.census.map(\.generation) != [generation], ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
            report = try await scene.client.showEnvironment(MemoryScene.environment)
        }
        #expect(report.census.map(\.generation) == [generation])
        #expect(try await scene.client.decrypt(envelope).plaintext == [1, 2, 3])
        let new = try Needles()
        try await MemoryKeys(daemon: scene.daemon, kms: scene.kms, key: scene.key)
            .add(of: MemoryScene.environment, [("a log", envelope)], to: new)
        let live = Set(try scene.findStopped(new).map(\.needle))
        #expect(live.isSuperset(of: ["the environment key", "the log key"]), "\(live)")
        let left = try scene.findStopped(old)
        #expect(left.isEmpty, "\(left)")
    }
}
