import EKMClient
import EKMWire
import Foundation
import TestSupport
import Testing

@Suite("A daemon whose state directory is taken from under it", .serialized)
struct DisplacedStateTests {
    @Test("tells of it within seconds, keeps nothing new, and serves what it can", arguments: ["", "/lock", "/store.sqlite"])
    func deleted(_ file: String) async throws {
        let daemon = try await DaemonFixture.start()
        let client = EKMClient(socketPath: daemon.socket)
        _ = try await client.createEnvironment("acme/prod")
        let sealed = try await client.encrypt([1], environment: "acme/prod", scope: .connection("c"))
        try FileManager.default.removeItem(atPath: daemon.state + file)
        #expect(
            try await daemon.manager.wait(
                until: { $0.status?.contains("the key store was moved or deleted") ?? false }, timeout: .seconds(5)))
        #expect(daemon.log.contains("was moved or deleted: what can be read is served, and nothing new is kept."))
        await #expect(throws: EKMClientError.self) {
            _ = try await client.encrypt([2], environment: "acme/prod", scope: .connection("new"))
        }
        #expect(try await client.decrypt(sealed.ciphertext).plaintext == [1])
        #expect(try await client.status().warnings.contains { $0.contains("was moved or deleted") })
        #expect(try await client.diagnose().checks.contains { $0.name == "store" && $0.outcome == .failed })
        client.close()
    }

    @Test("keeps a second daemon out, though the lock file is gone")
    func secondDaemon() async throws {
        let daemon = try await DaemonFixture.start()
        try FileManager.default.removeItem(atPath: daemon.state + "/lock")
        let other = try DaemonFixture(in: daemon.directory)
        #expect(try await other.process.wait() == .exited(75))
        try await EKMClient(socketPath: daemon.socket).ping()
    }
}
