import EKMClient
import EKMWire
import TestSupport
import Testing

/// A daemon with short times, and a KMS whose keys stand for as many customers.
struct BoundKMS {
    /// What a daemon finds in its environment to sign requests with.
    static let credentials = [
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true",
    ]
    /// Shorter than the second that a bound allows for: a KMS that hangs is given up within it.
    static let timeout: Duration = .milliseconds(500)
    static let pollInterval: Duration = .seconds(1)

    let kms: FaultInjectingKMS
    let daemon: DaemonFixture
    let client: EKMClient
    let timeToLive: Duration

    init(timeToLive: Int, onRestriction: String = "expire") async throws {
        kms = try FaultInjectingKMS()
        self.timeToLive = .seconds(timeToLive)
        daemon = try await DaemonFixture.start(
            settings: """
                cache: { ttl: \(timeToLive)s, on_restriction: \(onRestriction) }
                kms: { poll_interval: 1s, timeout: 500ms }
                aws: { region: \(kms.region), endpoint: "\(kms.endpoint)" }
                """, environment: Self.credentials)
        client = EKMClient(socketPath: daemon.socket)
    }

    /// Makes environments, each under a key of its own, or all under `key`.
    func environments(_ names: [String], under key: String? = nil) async throws -> [BoundEnvironment] {
        try await withThrowingTaskGroup(of: BoundEnvironment.self) { group in
            var made: [BoundEnvironment] = []
            for (place, name) in names.enumerated() {
                if place >= 16, let environment = try await group.next() { made.append(environment) }
                group.addTask {
                    let key = key ?? kms.createKey()
                    _ = try await client.createEnvironment(name, mainKey: .kms(KMSKey(kind: "aws-kms", key: key)))
                    return BoundEnvironment(name: name, key: key)
                }
            }
            for try await environment in group { made.append(environment) }
            return made
        }
    }

    /// When the last decrypt arrived that was granted: the daemon sent it before, so its proof is older.
    func lastProof(of environment: BoundEnvironment) throws -> ContinuousClock.Instant {
        let id = environment.key.split(separator: "/").last.map(String.init)
        return try #require(kms.requests.last { $0.operation == .decrypt && $0.isGranted && $0.key == id }).receivedAt
    }
}

struct BoundEnvironment: Sendable {
    let name: String
    let key: String
}
