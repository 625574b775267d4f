import EKMClient
import EKMWire
import Foundation
import TestSupport
import Testing

/// Tests that fill the machine: one at a time.
@Suite("Herds at a KMS", .serialized)
struct HerdTests {
    private static func settings(_ kms: FaultInjectingKMS, rate: Int) -> String {
        """
        kms: { rate: \(rate), timeout: 20s }
        aws: { region: \(kms.region), endpoint: "\(kms.endpoint)" }
        """
    }

    @Test("10,000 cold requests for one environment make one call")
    func oneEnvironment() async throws {
        let kms = try FaultInjectingKMS()
        let key = kms.createKey()
        let settings = Self.settings(kms, rate: 500)
        let first = try await DaemonFixture.start(settings: settings, environment: BoundKMS.credentials)
        let name = "acme/prod"
        _ = try await EKMClient(socketPath: first.socket).createEnvironment(name, mainKey: .kms(KMSKey(kind: "aws-kms", key: key)))
        let directory = first.directory
        #expect(try await first.stop() == .exited(0))

        let daemon = try await DaemonFixture.start(settings: settings, in: directory, environment: BoundKMS.credentials)
        kms.forgetRequests()
        // Long enough for all to come while the answer is out.
        kms.inject(.on(.decrypt), .delay(.seconds(2)))
        let refused = try await Self.ask(daemon.socket, Array(repeating: name, count: 10_000))
        #expect(refused.isEmpty, "\(refused.prefix(3))")
        #expect(kms.calls(.decrypt) == 1)
        #expect(try await daemon.stop() == .exited(0))
    }

    @Test("a restart with 1,000 environments under traffic makes one call for each, and never more in a second than the rate")
    func restart() async throws {
        let kms = try FaultInjectingKMS()
        let names = (0..<1000).map { "acme/e\($0)" }
        let first = try await DaemonFixture.start(settings: Self.settings(kms, rate: 100_000), environment: BoundKMS.credentials)
        try await Self.create(names, at: first.socket, in: kms)
        let directory = first.directory
        #expect(try await first.stop() == .exited(0))

        let rate = 200
        kms.forgetRequests()
        let daemon = try await DaemonFixture.start(
            settings: Self.settings(kms, rate: rate), in: directory, environment: BoundKMS.credentials)
        let start = ContinuousClock.now
        let refused = try await Self.ask(daemon.socket, (0..<5).flatMap { _ in names.shuffled() })
        #expect(refused.isEmpty, "\(refused.prefix(3))")
        let requests = kms.requests
        let decrypts = requests.filter { $0.operation == .decrypt }
        #expect(decrypts.count == 1000 && Set(decrypts.map(\.key)).count == 1000)
        let times = requests.map(\.receivedAt).sorted()
        let busiest = times.indices.map { index in times[index...].prefix { $0 < times[index] + .seconds(1) }.count }.max() ?? 0
        print(
            "served after \(ContinuousClock.now - start): \(decrypts.count) decrypts, \(kms.calls(.describeKey)) describes, "
                + "\(requests.count) calls in all, \(busiest) in the busiest second")
        // What leaves evenly arrives bunched where the machine is busy.
        #expect(busiest <= rate * 3 / 2)
        #expect(try await daemon.stop() == .exited(0))
    }

    /// Sends one request for each name, all at once over some connections, and returns what was refused.
    private static func ask(_ socket: String, _ names: [String]) async throws -> [String] {
        let clients = (0..<10).map { EKMClient(socketPath: socket, options: ClientOptions(timeout: .seconds(60), name: "herd \($0)")) }
        return await withTaskGroup(of: String?.self) { group in
            for (number, name) in names.enumerated() {
                group.addTask {
                    do throws(EKMClientError) {
                        _ = try await clients[number % clients.count].encrypt([1], environment: name, scope: .event)
                        return nil
                    } catch { return "\(error)" }
                }
            }
            return await group.reduce(into: []) { refused, refusal in if let refusal { refused.append(refusal) } }
        }
    }

    private static func create(_ names: [String], at socket: String, in kms: FaultInjectingKMS) async throws {
        let client = EKMClient(socketPath: socket)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, name) in names.enumerated() {
                if number >= 32 { try await group.next() }
                let key = kms.createKey()
                group.addTask { _ = try await client.createEnvironment(name, mainKey: .kms(KMSKey(kind: "aws-kms", key: key))) }
            }
            try await group.waitForAll()
        }
    }
}
