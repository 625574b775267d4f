import EKMClient
import EKMWire
import Foundation
import TestSupport

/// Clients on threads of their own that encrypt in every scope, and read what was encrypted before.
final class ClientTraffic: Sendable {
    struct Entry: Sendable {
        let environment: String
        let plaintext: [UInt8]
        let ciphertext: [UInt8]
    }

    struct Seen: Sendable {
        var entries: [Entry] = []
        /// Whole sentences.
        var failures: [String] = []
        /// How long each request took.
        var times: [Duration] = []
        var running = 0
    }

    /// How many, where the test does not say.
    static let clients = 4

    private let socket: String
    private let environments: [String]
    private let pause: Duration
    private let isOver = Guarded(false)
    private let state = Guarded(Seen())

    /// Begins.
    /// - Parameter pause: between two requests of a client.
    init(socket: String, environments: [String], clients: Int = clients, pause: Duration = .zero) {
        self.socket = socket
        self.environments = environments
        self.pause = pause
        state.with { $0.running = clients }
        for number in 0..<clients {
            Thread.detachNewThread { [self] in run(number) }
        }
    }

    var seen: Seen { state.with { $0 } }

    /// Ends, and returns what all clients saw.
    func end() async throws -> Seen {
        isOver.with { $0 = true }
        while state.with({ $0.running }) > 0 { try await Task.sleep(for: .milliseconds(5)) }
        return seen
    }

    private func run(_ number: Int) {
        let client = EKMClient(socketPath: socket, options: ClientOptions(timeout: .seconds(20), name: "traffic \(number)")).blocking
        var random = SystemRandomNumberGenerator()
        while !isOver.with({ $0 }) {
            step(client, &random)
            if pause > .zero { usleep(UInt32(pause / .microseconds(1))) }
        }
        state.with { $0.running -= 1 }
    }

    private func step(_ client: BlockingClient, _ random: inout SystemRandomNumberGenerator) {
        let start = ContinuousClock.now
        do throws(EKMClientError) {
            if Bool.random(using: &random), let entry = state.with({ $0.entries.randomElement(using: &random) }) {
                let decrypted = try client.decrypt(entry.ciphertext)
                if decrypted.plaintext != entry.plaintext { fail("a ciphertext of \(entry.environment) came back changed") }
            } else if let environment = environments.randomElement(using: &random) {
                let plaintext = (0..<64).map { _ in UInt8.random(in: 0...255, using: &random) }
                let encrypted = try client.encrypt(plaintext, environment: environment, scope: Self.scope(&random))
                let entry = Entry(environment: environment, plaintext: plaintext, ciphertext: encrypted.ciphertext)
                state.with { $0.entries.append(entry) }
            }
        } catch { fail("\(error)") }
        let time = ContinuousClock.now - start
        state.with { $0.times.append(time) }
    }

    private func fail(_ sentence: String) { state.with { $0.failures.append(sentence) } }

    private static func scope(_ random: inout SystemRandomNumberGenerator) -> EKMWire.Scope {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: .job("job-\(Int.random(in: 0..<20, using: &random))")
        case 1: .connection("connection-\(Int.random(in: 0..<20, using: &random))")
        // A key that is made for it.
        case 2: .connection("new-\(UInt64.random(in: 0...UInt64.max, using: &random))")
        case 3: .event
        default: .log
        }
    }
}

extension ClientTraffic.Seen {
    /// The time that such a part of the requests stayed below.
    func time(below part: Double) -> Duration {
        let sorted = times.sorted()
        return sorted.isEmpty ? .zero : sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
    }

    /// Which entries a daemon does not give back, and why.
    func unreadable(at socket: String) async throws -> [String] {
        let entries = entries
        return try await blocking {
            let client = EKMClient(socketPath: socket, options: ClientOptions(timeout: .seconds(20), name: "reader")).blocking
            var sentences: [String] = []
            for entry in entries {
                do throws(EKMClientError) {
                    if try client.decrypt(entry.ciphertext).plaintext != entry.plaintext { sentences.append("it came back changed") }
                } catch { sentences.append("\(error)") }
            }
            return sentences
        }
    }
}
