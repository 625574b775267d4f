import EKMClient
import EKMWire
import Foundation
import TestSupport
import Testing

/// A real daemon, a customer's KMS, and what a client had encrypted: all that is to be looked for in the daemon's memory.
struct MemoryScene {
    static let environment = "acme/prod"

    let kms: FaultInjectingKMS
    let key: String
    let daemon: DaemonFixture
    let client: EKMClient
    let timeToLive: Duration

    init(timeToLive: Int = 3) async throws {
        kms = try FaultInjectingKMS()
        key = kms.createKey()
        self.timeToLive = .seconds(timeToLive)
        daemon = try await DaemonFixture.start(
            settings: """
                cache: { ttl: \(timeToLive)s }
                kms: { poll_interval: 1s, timeout: 2s }
                aws: { region: \(kms.region), endpoint: "\(kms.endpoint)" }
                """, environment: BoundKMS.credentials)
        client = EKMClient(socketPath: daemon.socket)
        _ = try await client.createEnvironment(Self.environment, mainKey: .kms(KMSKey(kind: "aws-kms", key: key)))
    }

    var memory: ProcessMemory { ProcessMemory(of: daemon.process.identifier) }

    /// What the daemon holds while it stands still.
    func findStopped(_ needles: Needles) throws -> [ProcessMemory.Finding] {
        kill(daemon.process.identifier, SIGSTOP)
        defer { kill(daemon.process.identifier, SIGCONT) }
        return try memory.find(needles).findings
    }

    /// Random bytes, and needles for their beginning, middle and end.
    func plaintext(_ name: String, _ count: Int, _ needles: Needles) -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<(count + 7) / 8).flatMap { _ in withUnsafeBytes(of: random.next(), Array.init) }.prefix(count)
        let text = Array(bytes)
        text.withUnsafeBytes { text in
            for (part, start) in [("the beginning", 0), ("the middle", count / 2), ("the end", max(0, count - 64))] {
                needles.add(secret: "\(part) of \(name)", UnsafeRawBufferPointer(rebasing: text[start..<min(count, start + 64)]))
            }
        }
        return text
    }

    /// One request in each scope and of several sizes, answered, and decrypted again.
    func traffic(_ needles: Needles) async throws -> [(name: String, bytes: [UInt8])] {
        let requests: [(String, EKMWire.Scope, Int)] = [
            ("the event", .event, 64), ("the job's data", .job("42"), 64 << 10), ("the connection's secret", .connection("crm"), 200),
            ("the log", .log, (1 << 20) - 1024),
        ]
        var envelopes: [(String, [UInt8])] = []
        for (name, scope, count) in requests {
            let plaintext = plaintext(name, count, needles)
            let context = try EncryptionContext([("part", name)])
            let encrypted = try await client.encrypt(plaintext, environment: Self.environment, scope: scope, context: context)
            let decrypted = try await client.decrypt(encrypted.ciphertext, context: context)
            guard decrypted.plaintext == plaintext else { throw ProcessFailure("\(name) came back changed") }
            envelopes.append((name, encrypted.ciphertext))
        }
        let lent = try await client.generateDataKey(environment: Self.environment, scope: .job("43"))
        lent.key.withBytes { key in key.withUnsafeBytes { needles.add(secret: "the lent data key", $0) } }
        let opened = try await client.openDataKey(lent.wrapped)
        _ = opened.secondsLeft
        // The same loop answers it, after it has cleared away what it answered before.
        try await client.ping()
        return envelopes
    }

    /// Adds every key of the environment that `envelopes` need.
    func addKeys(of envelopes: [(name: String, bytes: [UInt8])], to needles: Needles) async throws {
        try await MemoryKeys(daemon: daemon, kms: kms, key: key).add(of: Self.environment, envelopes, to: needles)
    }

    private var lastProof: ContinuousClock.Instant {
        get throws { try #require(kms.requests.last { $0.operation == .decrypt && $0.isGranted }).receivedAt }
    }

    /// Returns a second after nothing of the environment may be in memory any more. What was in use may be proved once more meanwhile.
    func waitForDeadline() async throws {
        var proof = try lastProof
        repeat {
            proof = try lastProof
            try await Task.sleep(until: proof + timeToLive + .seconds(1), clock: .continuous)
        } while try lastProof > proof
    }
}
