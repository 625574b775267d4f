import EKMClient
import EKMWire
import Foundation
import TestSupport
import Testing

@Suite("A daemon on a full disk", .serialized, .enabled(if: LimitedDisk.isPossible, "mounting a file system needs root"))
struct FullDiskDaemonTests {
    @Test("starts, decrypts what it has, tells of it, and recovers by itself")
    func restart() async throws {
        let directory = try TemporaryDirectory()
        let disk = try LimitedDisk(at: directory.file("state"), mebibytes: 8)
        let first = try await DaemonFixture.start(in: directory)
        let client = EKMClient(socketPath: first.socket)
        _ = try await client.createEnvironment("acme/prod")
        let sealed = try await client.encrypt([1, 2, 3], environment: "acme/prod", scope: .connection("old"))
        client.close()
        #expect(try await first.stop() == .exited(0))
        try disk.fill()

        let second = try await DaemonFixture.start(in: directory)
        let again = EKMClient(socketPath: second.socket)
        #expect(try await again.decrypt(sealed.ciphertext).plaintext == [1, 2, 3])
        _ = try await again.encrypt([4], environment: "acme/prod", scope: .connection("old"))
        await #expect(throws: EKMClientError.self) {
            _ = try await again.encrypt([4], environment: "acme/prod", scope: .connection("new"))
        }
        #expect(second.manager.status?.contains("the disk of the key store is full") == true, "\(second.manager.status ?? "")")
        #expect(try await again.status().warnings.contains { $0.contains("is full: what is there is served") })
        #expect(try await again.diagnose().checks.contains { $0.name == "store" && $0.outcome == .failed })
        #expect(second.log.contains("is full: what is there is served"))

        disk.free()
        #expect(try await second.manager.wait(until: { $0.status == "1 environment: 1 available" }), "\(second.manager.status ?? "")")
        _ = try await again.encrypt([4], environment: "acme/prod", scope: .connection("new"))
        #expect(try await again.status().warnings.allSatisfy { !$0.contains("is full") })
        #expect(second.log.contains("the key store keeps what is new again"))
        again.close()
        #expect(try await second.stop() == .exited(0))
    }

    @Test("tells of a disk that filled while it ran, and goes on once there is room")
    func filledMeanwhile() async throws {
        let directory = try TemporaryDirectory()
        let disk = try LimitedDisk(at: directory.file("state"), mebibytes: 8)
        let daemon = try await DaemonFixture.start(in: directory)
        let client = EKMClient(socketPath: daemon.socket)
        _ = try await client.createEnvironment("acme/prod")
        let sealed = try await client.encrypt([1], environment: "acme/prod", scope: .log)
        try disk.fill()
        var refusal: EKMClientError?
        for number in 0..<10_000 where refusal == nil {
            do throws(EKMClientError) {
                _ = try await client.encrypt([2], environment: "acme/prod", scope: .connection("c\(number)"))
            } catch { refusal = error }
        }
        #expect(try await daemon.manager.wait(until: { $0.status?.contains("the disk of the key store is full") ?? false }))
        #expect(try await client.decrypt(sealed.ciphertext).plaintext == [1])
        disk.free()
        #expect(try await daemon.manager.wait(until: { $0.status == "1 environment: 1 available" }), "\(daemon.manager.status ?? "")")
        _ = try await client.encrypt([4], environment: "acme/prod", scope: .connection("after"))
        client.close()
    }
}
