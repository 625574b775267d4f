import EKMClient
import EKMWire
import Foundation
import TestSupport

/// A thread that does what operators and customers do to main keys and keys, one thing after another.
final class CrashOperations: Sendable {
    private let socket: String
    private let kms: FaultInjectingKMS
    private let ledger: CrashLedger
    private let gate: Gate
    private let allows: CrashTraffic.Allowance
    /// Environments that were pointed at another main key today.
    private let replaced = Guarded<Set<String>>([])
    private let kmsKeys = Guarded<[String]>([])
    private let number = Guarded(0)
    private let mostEnvironments: Int

    init(
        socket: String, kms: FaultInjectingKMS, ledger: CrashLedger, gate: Gate, mostEnvironments: Int,
        allows: @escaping CrashTraffic.Allowance
    ) {
        self.socket = socket
        self.kms = kms
        self.ledger = ledger
        self.gate = gate
        self.mostEnvironments = mostEnvironments
        self.allows = allows
    }

    func start(_ random: SeededRandom) {
        Thread.detachNewThread { [self] in
            var random = random
            let client = EKMClient(socketPath: socket, options: ClientOptions(timeout: .seconds(10), name: "operations")).blocking
            while gate.pass({ step(client, &random) }) { usleep(UInt32.random(in: 0..<20_000, using: &random)) }
        }
    }

    private func step(_ client: BlockingClient, _ random: inout SeededRandom) {
        let environments = ledger.environments
        guard let environment = environments.randomElement(using: &random), !random.happens(environments.count < 3 ? 90 : 10) else {
            if environments.count < mostEnvironments { create(client, &random) }
            return
        }
        switch Int.random(in: 0..<10, using: &random) {
        case 0...2: replace(client, environment, &random)
        case 3...4: rotate(client, environment, &random)
        case 5...6: erase(client, environment, &random)
        case 7: perform("pause") { () throws(EKMClientError) in _ = try client.pauseRepack(environment) }
        case 8: perform("resume") { () throws(EKMClientError) in _ = try client.resumeRepack(environment) }
        default: perform("cancel") { () throws(EKMClientError) in _ = try client.cancelRepack(environment) }
        }
    }

    // MARK: Operations

    private func create(_ client: BlockingClient, _ random: inout SeededRandom) {
        let name = number.with { number in
            number += 1
            return "acme/e\(number)"
        }
        let mainKey = newMainKey(&random)
        perform("create") { () throws(EKMClientError) in
            do throws(EKMClientError) {
                _ = try client.createEnvironment(name, mainKey: mainKey)
                ledger.add(environment: name)
            } catch {
                // Whether it was made before the connection broke shows after the next start, if it must.
                if error.refusal == nil { ledger.addUnknown(environment: name) }
                throw error
            }
        }
    }

    private func replace(_ client: BlockingClient, _ environment: String, _ random: inout SeededRandom) {
        guard !replaced.with({ $0.contains(environment) }) else { return }
        let mainKey = newMainKey(&random)
        perform("replace") { () throws(EKMClientError) in
            do throws(EKMClientError) { _ = try client.replaceMainKey(environment, with: mainKey) } catch {
                // One that was cut off may have taken effect: then the next is refused.
                guard error.refusal?.code == .replacementTooSoon else { throw error }
                ledger.count("replace: had taken effect")
            }
            replaced.with { _ = $0.insert(environment) }
        }
    }

    private func rotate(_ client: BlockingClient, _ environment: String, _ random: inout SeededRandom) {
        if random.happens(50), let key = kmsKeys.with({ $0 }).randomElement(using: &random) {
            kms.rotate(key)
            return ledger.count("rotate in the KMS: done")
        }
        perform("rotate") { () throws(EKMClientError) in _ = try client.rotateMainKey(environment) }
    }

    private func erase(_ client: BlockingClient, _ environment: String, _ random: inout SeededRandom) {
        let connection = "connection-\(Int.random(in: 0..<20, using: &random))"
        let erasure = ledger.ask(erasureOf: .connection(connection), in: environment)
        perform("erase") { () throws(EKMClientError) in
            do throws(EKMClientError) { _ = try client.erase(environment, .connection(connection), confirmation: environment) } catch {
                // Nothing was there: it never was, or an erasure that was cut off has been finished since.
                guard error.refusal?.code == .noReceipt else { throw error }
                ledger.count("erase: nothing there")
            }
            ledger.finish(erasure, of: .connection(connection), in: environment)
        }
    }

    private func newMainKey(_ random: inout SeededRandom) -> NewMainKey {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return .managed
        case 1: return .material((0..<32).map { _ in UInt8.random(in: 0...255, using: &random) })
        default:
            let key = kms.createKey()
            kmsKeys.with { $0.append(key) }
            return .kms(KMSKey(kind: "aws-kms", key: key))
        }
    }

    /// What the state of the environment, and not the daemon, may stand in the way of an operation with.
    private static let ordinary: Set<ErrorCode> = [
        .noRepack, .wouldLose, .wrongKeyKind, .replacementTooSoon, .limitReached,
    ]

    private func perform(_ name: String, _ body: () throws(EKMClientError) -> Void) {
        do throws(EKMClientError) {
            try body()
            ledger.count("\(name): done")
        } catch {
            guard let code = error.refusal?.code else { return ledger.count("\(name): cut off") }
            ledger.count("\(name): \(code.name)")
            if !Self.ordinary.contains(code), !allows(code) { ledger.report("\(name) was refused: \(error)") }
        }
    }
}
