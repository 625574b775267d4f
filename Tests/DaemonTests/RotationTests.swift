import EKMClient
import EKMWire
import Foundation
import TestSupport
import Testing

@Suite("Rotations in AWS KMS, under traffic")
struct RotationTests {
    private static let environment = "acme/prod"

    private static func settings(_ region: String, _ endpoint: String) -> String {
        """
        cache: { ttl: 5s }
        kms: { poll_interval: 1s }
        aws: { region: \(region), endpoint: "\(endpoint)" }
        """
    }

    @Test("ten rotations in a row on LocalStack: no request fails, the census follows, and all that was encrypted can be read")
    func tenRotations() async throws {
        let localStack = try await LocalStack.shared(.withGenerations)
        let owner = localStack.administrator
        let key = try await owner.createKey()
        let settings = Self.settings(localStack.region, localStack.endpoint)
        let daemon = try await DaemonFixture.start(settings: settings, environment: BoundKMS.credentials)
        let client = EKMClient(socketPath: daemon.socket)
        _ = try await client.createEnvironment(Self.environment, mainKey: .kms(KMSKey(kind: "aws-kms", key: key)))
        let traffic = ClientTraffic(socket: daemon.socket, environments: [Self.environment], pause: .milliseconds(2))
        var generations: [String] = []
        for _ in 0..<10 {
            try await owner.rotateKey(key)
            let generation = try #require(try await owner.currentGeneration(of: key))
            try await Self.wait("generation \(generation) is adopted") {
                try await client.showEnvironment(Self.environment).mainKey.generation == generation
            }
            generations.append(generation)
        }
        #expect(Set(generations).count == 10)
        let seen = try await traffic.end()
        #expect(seen.failures.isEmpty, "\(seen.failures.prefix(3))")
        print("\(seen.times.count) requests, \(seen.entries.count) ciphertexts, p99 \(seen.time(below: 0.99))")
        try await Self.wait("nothing hangs under an old generation") {
            let report = try await client.showEnvironment(Self.environment)
            let hanging = report.census.filter { $0.keys > 0 }
            return hanging == [
                CensusReport(generation: generations[9], keys: report.keys.hourly + report.keys.connection + report.keys.log)
            ]
        }
        #expect(try await seen.unreadable(at: daemon.socket).isEmpty)
        let directory = daemon.directory
        #expect(try await daemon.stop() == .exited(0))
        let restarted = try await DaemonFixture.start(settings: settings, in: directory, environment: BoundKMS.credentials)
        #expect(try await seen.unreadable(at: restarted.socket).isEmpty)
        #expect(try await restarted.stop() == .exited(0))
    }

    @Test("three rotations, each awaited until its repack has ended: no request fails, nothing hangs under an older generation")
    func awaited() async throws {
        let kms = try FaultInjectingKMS()
        let key = kms.createKey()
        let daemon = try await DaemonFixture.start(
            settings: Self.settings(kms.region, kms.endpoint), environment: BoundKMS.credentials)
        let client = EKMClient(socketPath: daemon.socket)
        _ = try await client.createEnvironment(Self.environment, mainKey: .kms(KMSKey(kind: "aws-kms", key: key)))
        let traffic = ClientTraffic(socket: daemon.socket, environments: [Self.environment], pause: .milliseconds(2))
        for _ in 0..<3 {
            let generation = kms.rotate(key)
            try await Self.wait("generation \(generation) is all that keys hang under") {
                let report = try await client.showEnvironment(Self.environment)
                return report.mainKey.generation == generation && report.census.filter { $0.keys > 0 }.map(\.generation) == [generation]
            }
        }
        let seen = try await traffic.end()
        #expect(seen.failures.isEmpty, "\(seen.failures.prefix(3))")
        #expect(try await seen.unreadable(at: daemon.socket).isEmpty)
        #expect(try await daemon.stop() == .exited(0))
    }

    static func wait(_ what: String, within timeout: Duration = .seconds(30), until isSo: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + timeout
        while try await !isSo() {
            guard ContinuousClock.now < deadline else { throw ProcessFailure("within \(timeout) it was not so that \(what)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
