import EKMClient
import EKMWire
import Foundation
import TestSupport

/// A daemon under traffic and operations that is disturbed at moments which a seed decides; after each, everything is looked at.
final class CrashRun: Sendable {
    enum Disturbance: String, Sendable {
        case kill, fullDisk, failingSync
    }

    let seed: UInt64
    private let directory: TemporaryDirectory
    private let disk: LimitedDisk?
    private let sync: BrokenSync?
    private let kms: FaultInjectingKMS
    private let disturbance: Disturbance
    let ledger = CrashLedger()
    private let gate = Gate()
    private let isDisturbed = Guarded(false)

    init(_ disturbance: Disturbance, seed: UInt64) throws {
        self.disturbance = disturbance
        self.seed = seed
        directory = try TemporaryDirectory()
        disk = disturbance == .fullDisk ? try LimitedDisk(at: directory.file("state"), mebibytes: 24) : nil
        sync = disturbance == .failingSync ? try BrokenSync() : nil
        kms = try FaultInjectingKMS()
    }

    /// Disturbs `times` times, then waits for all work to end and reads everything.
    func run(times: Int) async throws {
        var random = SeededRandom(seed: seed)
        var daemon = try await start()
        let socket = daemon.socket
        let allows = allowance
        let traffic = CrashTraffic(socket: socket, ledger: ledger, gate: gate, allows: allows)
        for _ in 0..<3 { traffic.start(random.split()) }
        CrashOperations(
            socket: socket, kms: kms, ledger: ledger, gate: gate, mostEnvironments: min(10 + times / 3, 200), allows: allows
        ).start(random.split())
        defer { gate.end() }

        for round in 0..<times {
            gate.open()
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...300, using: &random)))
            switch disturbance {
            case .kill: daemon = try await kill(daemon, &random)
            case .fullDisk, .failingSync:
                try await disturb(&random)
                if random.happens(25) { daemon = try await kill(daemon, &random) }
            }
            gate.close()
            try await look(at: daemon, &random)
            guard ledger.problems.isEmpty else { return ledger.report("seen after \(round + 1) of \(times) disturbances") }
        }
        gate.end()
        try await finish(daemon)
    }

    /// A daemon that is disturbed may refuse, or put a receipt off, with the codes that say so; one that is killed gives no answer at all.
    private var allowance: CrashTraffic.Allowance {
        { [disturbance, isDisturbed] code in
            code == .shuttingDown
                || (disturbance != .kill && [.storeFailed, .receiptDue].contains(code) && isDisturbed.with { $0 })
        }
    }

    private func start() async throws -> DaemonFixture {
        do { return try await DaemonFixture.start(settings: settings, in: directory, environment: environment) } catch {
            // The log of all daemons so far is long.
            throw ProcessFailure("… " + "\(error)".suffix(1_500))
        }
    }

    private var settings: String {
        """
        cache: { ttl: 5s }
        repack: { rate: 100 }
        kms: { poll_interval: 1s, timeout: 2s }
        aws: { region: \(kms.region), endpoint: "\(kms.endpoint)" }
        """
    }

    private var environment: [String: String] { BoundKMS.credentials.merging(sync?.variables ?? [:]) { $1 } }

    // MARK: Disturbances

    /// SIGKILL, now and then once more while the next one starts; then a start that is let come up.
    private func kill(_ daemon: DaemonFixture, _ random: inout SeededRandom) async throws -> DaemonFixture {
        daemon.process.signal(SIGKILL)
        _ = try await daemon.process.wait()
        while random.happens(25) {
            let early = try DaemonFixture(settings: settings, in: directory, environment: environment)
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...100, using: &random)))
            early.process.signal(SIGKILL)
            _ = try await early.process.wait()
            ledger.count("killed during its start")
        }
        return try await start()
    }

    /// The disk fails for a while under the traffic, and is well again.
    private func disturb(_ random: inout SeededRandom) async throws {
        isDisturbed.with { $0 = true }
        try disk?.fill()
        try sync?.breakDown()
        try await Task.sleep(for: .milliseconds(Int.random(in: 0...300, using: &random)))
        disk?.free()
        sync?.mend()
        // Who was refused before may be told so after; nobody is inside when the gate is closed.
        gate.close()
        isDisturbed.with { $0 = false }
        gate.open()
    }

    // MARK: Checks

    private func client(of daemon: DaemonFixture) -> BlockingClient {
        EKMClient(socketPath: daemon.socket, options: ClientOptions(timeout: .seconds(20), name: "checks")).blocking
    }

    /// After each disturbance, with the traffic held: a sample is readable, the counts fit, and every environment still encrypts.
    private func look(at daemon: DaemonFixture, _ random: inout SeededRandom) async throws {
        let sample = ledger.sample(40, using: &random)
        let environments = ledger.environments.shuffled(using: &random).prefix(3)
        try await blocking { [self] in
            let client = client(of: daemon)
            for name in ledger.takeUnknown() where (try? client.showEnvironment(name)) != nil { ledger.add(environment: name) }
            let reader = CrashReader(client: client, ledger: ledger, allows: { _ in false })
            for entry in sample { reader.read(entry) }
            for name in environments {
                check(try client.showEnvironment(name))
                _ = try client.encrypt([1], environment: name, scope: .connection("after-\(ledger.count)"))
            }
        }
    }

    private func check(_ report: EnvironmentReport) {
        let keys = report.keys.hourly + report.keys.connection + report.keys.log
        let hanging = report.census.map(\.keys)
        if report.repack == nil, hanging.reduce(0, +) != keys {
            ledger.report("\(report.environment) has \(keys) keys, but its census counts \(hanging)")
        }
        if hanging.contains(where: { $0 > keys }) || hanging.reduce(0, +) < keys {
            ledger.report("\(report.environment) has \(keys) keys, but its census counts \(hanging) amid a repack")
        }
    }

    /// Until no repack was seen for two polls: a rotation of the last moments is found by the next.
    private func rest(_ client: BlockingClient) throws {
        let deadline = ContinuousClock.now + .seconds(60)
        var quiet = ContinuousClock.now
        while ContinuousClock.now < deadline, ContinuousClock.now - quiet < .milliseconds(2_500) {
            for name in ledger.environments where try client.showEnvironment(name).repack != nil {
                _ = try? client.resumeRepack(name)
                quiet = ContinuousClock.now
            }
            usleep(20_000)
        }
    }

    /// Everything comes to rest: no repack is left, all keys hang under what is current, and every acknowledged ciphertext is as it was.
    private func finish(_ daemon: DaemonFixture) async throws {
        try await blocking { [self] in
            let client = client(of: daemon)
            try rest(client)
            for name in ledger.environments {
                let report = try client.showEnvironment(name)
                check(report)
                if let repack = report.repack { ledger.report("the repack of \(name) does not end: \(repack.state), \(repack.moved)") }
                if report.repack == nil, report.census.filter({ $0.keys > 0 }).count > 1 {
                    ledger.report("\(name) is at rest, but its keys hang under \(report.census)")
                }
            }
            let reader = CrashReader(client: client, ledger: ledger, allows: { _ in false })
            for entry in ledger.entries { reader.read(entry) }
        }
        guard try await daemon.stop() == .exited(0) else { throw ProcessFailure("ekmd did not stop: \(daemon.log.suffix(2000))") }
        try await CrashStore(state: daemon.state, rootKey: daemon.rootKey).check(ledger)
    }
}
