import EKMClient
import EKMServer
import EKMWire
import Foundation
import Logging
import TestSupport
import Testing

@testable import ekmd

@Suite("Who can connect")
struct SocketWatchTests {
    @Test("a socket that is taken away is made again within seconds, and the log says so once")
    func takenAway() async throws {
        let daemon = try await DaemonFixture.start()
        let client = EKMClient(socketPath: daemon.socket)
        _ = try await client.createEnvironment("acme/prod")
        #expect(unlink(daemon.socket) == 0)
        let start = ContinuousClock.now
        while access(daemon.socket, F_OK) != 0, start.duration(to: .now) < .seconds(20) { try await Task.sleep(for: .milliseconds(20)) }
        _ = try await EKMClient(socketPath: daemon.socket).encrypt([1], environment: "acme/prod", scope: .log)
        _ = try await client.encrypt([1], environment: "acme/prod", scope: .log)
        #expect(daemon.log.components(separatedBy: "was taken away from outside").count == 2)
        #expect(try await daemon.stop() == .exited(0))
        #expect(access(daemon.socket, F_OK) != 0)
    }

    @Test("without a descriptor left, a client is told so, and status warns until there is one again")
    func descriptors() async throws {
        let daemon = try await DaemonFixture.start()
        let client = EKMClient(socketPath: daemon.socket)
        _ = try await client.status()
        // None but those that are open.
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.process.identifier)/fd").compactMap { Int($0) }
        let free = try #require((0...open.count).first { !open.contains($0) })
        try await Self.limit(daemon.process.identifier, to: "\(free)")
        let answer = try RawConnection(to: daemon.socket).receiveAll()
        let error = try AnswerView(parsing: answer.span.bytes, from: 0, to: answer.count).failure(in: answer.span.bytes)
        #expect(error?.code == .limitReached && error?.message.contains("no file descriptor left") == true)
        #expect(try await Self.warns(client, true))
        try await Self.limit(daemon.process.identifier, to: "1024")
        #expect(try await Self.warns(client, false))
        _ = try await EKMClient(socketPath: daemon.socket).status()
        #expect(daemon.log.contains("no file descriptor is left") && daemon.log.contains("there are file descriptors for clients again"))
        #expect(try await daemon.stop() == .exited(0))
    }

    @Test("a lower limit of descriptors leaves room for the store and the KMS, and warns")
    func fewer() {
        #expect(DescriptorLimit.connections(wanted: 4096, limit: 1024) == 1024 - DescriptorLimit.kept)
        #expect(DescriptorLimit.connections(wanted: 4096, limit: 1 << 20) == 4096)
        #expect(DescriptorLimit.connections(wanted: 4096, limit: 64) == 16)
    }

    @Test("what keeps clients away is said once, and its end once")
    func once() {
        var watch = SocketWatch(path: "/run/ekmd/ekmd.sock", isOwn: false, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(watch.look(.stands, turnedAway: 0).isEmpty)
        #expect(watch.look(.gone, turnedAway: 0).first?.contains("systemctl restart ekmd.socket") == true)
        #expect(watch.look(.gone, turnedAway: 5).count == 2)
        #expect(watch.look(.replaced, turnedAway: 5).count == 1)
        #expect(watch.look(.madeAgain, turnedAway: 5).isEmpty)
    }

    /// Sets the soft limit of descriptors of another process.
    private static func limit(_ process: Int32, to limit: String) async throws {
        let command = try await Command.run(["/usr/bin/prlimit", "--pid", "\(process)", "--nofile=\(limit):"])
        guard command.succeeded else { throw ProcessFailure(command.errors) }
    }

    /// Whether status comes to warn, or not, of descriptors.
    private static func warns(_ client: EKMClient, _ expected: Bool) async throws -> Bool {
        let start = ContinuousClock.now
        while start.duration(to: .now) < .seconds(20) {
            if try await client.status().warnings.contains(where: { $0.contains("file descriptor") }) == expected { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }
}
