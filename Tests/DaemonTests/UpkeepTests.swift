import EKMClient
import EKMWire
import Foundation
import TestSupport
import Testing

@Suite("Keys in use, and idle ones")
struct UpkeepTests {
    @Test("an environment in use is proved again before its deadline, and nobody waits; an idle one expires, and asks its KMS nothing")
    func inUseAndIdle() async throws {
        let kms = try FaultInjectingKMS()
        let (busyKey, idleKey) = (kms.createKey(), kms.createKey())
        let daemon = try await DaemonFixture.start(
            settings: """
                cache: { ttl: 3s }
                kms: { poll_interval: 1s }
                aws: { region: \(kms.region), endpoint: "\(kms.endpoint)" }
                """, environment: BoundKMS.credentials)
        let client = EKMClient(socketPath: daemon.socket)
        for (name, key) in [("acme/busy", busyKey), ("acme/idle", idleKey)] {
            _ = try await client.createEnvironment(name, mainKey: .kms(KMSKey(kind: "aws-kms", key: key)))
            for scope in [EKMWire.Scope.event, .log, .connection("connection-1")] {
                _ = try await client.encrypt([1], environment: name, scope: scope)
            }
        }
        let delay = Duration.milliseconds(300)
        kms.inject(.on(.decrypt), .delay(delay))
        let traffic = ClientTraffic(socket: daemon.socket, environments: ["acme/busy"], pause: .milliseconds(3))
        let start = ContinuousClock.now
        // It was used after its first proof, and so is proved once more; then it is left alone.
        try await Task.sleep(until: start + .seconds(7), clock: .continuous)
        #expect(try await client.showEnvironment("acme/idle").state == .unproved)
        kms.forgetRequests()
        try await Task.sleep(until: start + .seconds(17), clock: .continuous)
        let seen = try await traffic.end()
        #expect(seen.failures.isEmpty, "\(seen.failures.prefix(3))")
        #expect(try await client.showEnvironment("acme/busy").state == .available)
        let id = try #require(idleKey.split(separator: "/").last.map(String.init))
        #expect(kms.requests.count { $0.key == id } == 0)
        let renewals = kms.calls(.decrypt, key: busyKey)
        print(
            "\(seen.times.count) requests, p99 \(seen.time(below: 0.99)), longest \(seen.time(below: 1)); \(renewals) decrypts in 10 s, "
                + "\(kms.calls(.describeKey, key: busyKey)) describes")
        #expect((3...6).contains(renewals))
        // If requests waited for the KMS, one of each client would at each renewal; a machine that halts now and then makes fewer wait.
        let waited = seen.times.count { $0 >= delay * 0.9 }
        #expect(waited < ClientTraffic.clients * renewals / 2)
        #expect(try await daemon.stop() == .exited(0))
    }
}
