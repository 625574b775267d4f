import EKMClient
import EKMWire
import Foundation
import TestSupport

/// A thread that encrypts in every scope, remembers what was acknowledged, and now and then reads some of it.
struct CrashTraffic {
    /// The daemon's refusals that are no problem at the moment.
    typealias Allowance = @Sendable (ErrorCode) -> Bool

    let socket: String
    let ledger: CrashLedger
    let gate: Gate
    let allows: Allowance

    func start(_ random: SeededRandom) {
        Thread.detachNewThread {
            var random = random
            let client = EKMClient(socketPath: socket, options: ClientOptions(timeout: .seconds(10), name: "traffic")).blocking
            while gate.pass({ step(client, &random) }) {}
        }
    }

    private func step(_ client: BlockingClient, _ random: inout SeededRandom) {
        guard let environment = ledger.environments.randomElement(using: &random) else { return Self.pause() }
        if random.happens(20), let entry = ledger.sample(2, using: &random).last {
            CrashReader(client: client, ledger: ledger, allows: allows).read(entry)
            return
        }
        let scope = Self.scope(&random)
        let erasures = ledger.erasuresDone(of: scope, in: environment)
        let plaintext = (0..<Int.random(in: 0...256, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        do throws(EKMClientError) {
            let answer = try client.encrypt(plaintext, environment: environment, scope: scope)
            ledger.acknowledge(answer.ciphertext, of: plaintext, environment: environment, scope: scope, erasures: erasures)
        } catch {
            guard let code = error.refusal?.code else { return Self.pause() }
            ledger.count("encrypt refused: \(code.name)")
            if !allows(code) { ledger.report("\(environment) refused to encrypt: \(error)") }
            Self.pause()
        }
    }

    private static func scope(_ random: inout SeededRandom) -> EKMWire.Scope {
        switch Int.random(in: 0..<10, using: &random) {
        case 0...2: .job("job-\(Int.random(in: 0..<50, using: &random))")
        case 3...4: .event
        // A key that is made for it, more often than not.
        case 5...6: .connection("new-\(UInt32.random(in: 0...UInt32.max, using: &random))")
        case 7...8: .connection("connection-\(Int.random(in: 0..<20, using: &random))")
        default: .log
        }
    }

    /// Not to try a thousand times while the daemon is down.
    private static func pause() { usleep(2_000) }
}
