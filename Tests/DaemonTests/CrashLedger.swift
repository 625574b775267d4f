import Cryptography
import EKMWire
import TestSupport

/// All that the daemon acknowledged, and so owes for ever.
final class CrashLedger: Sendable {
    struct Entry: Sendable {
        let environment: String
        let scope: EKMWire.Scope
        let ciphertext: [UInt8]
        let digest: [UInt8]
        /// How many erasures of the scope had been done when the request was sent, and how many asked for when the answer came.
        let erasures: ClosedRange<Int>
    }

    /// What may have become of an entry.
    enum Fate: Sendable { case readable, eitherWay, erased }

    private struct Erasures {
        var asked = 0
        /// The number of the last one that is known to be done.
        var done = 0
    }

    private struct Subject: Hashable {
        let environment: String
        let scope: EKMWire.Scope
    }

    private struct State {
        var entries: [Entry] = []
        var erasures: [Subject: Erasures] = [:]
        var environments: [String] = []
        var unknown: [String] = []
        var problems: [String] = []
        var counts: [String: Int] = [:]
    }

    private let state = Guarded(State())

    // MARK: Environments

    var environments: [String] { state.with { $0.environments } }

    func add(environment: String) {
        state.with { if !$0.environments.contains(environment) { $0.environments.append(environment) } }
    }

    /// One whose creation was cut off: it may be there.
    func addUnknown(environment: String) { state.with { $0.unknown.append(environment) } }

    func takeUnknown() -> [String] {
        state.with { state in
            defer { state.unknown = [] }
            return state.unknown
        }
    }

    // MARK: Ciphertexts

    /// To be asked for before an encryption is sent: an erasure that is not done by then may take its key. One that was cut off goes on
    /// when the daemon is back.
    func erasuresDone(of scope: EKMWire.Scope, in environment: String) -> Int {
        state.with { $0.erasures[Subject(environment: environment, scope: scope)]?.done ?? 0 }
    }

    func acknowledge(_ ciphertext: [UInt8], of plaintext: [UInt8], environment: String, scope: EKMWire.Scope, erasures sent: Int) {
        let digest = SHA256.hash(plaintext.span.bytes)
        state.with { state in
            let answered = state.erasures[Subject(environment: environment, scope: scope)]?.asked ?? 0
            state.entries.append(
                Entry(environment: environment, scope: scope, ciphertext: ciphertext, digest: digest, erasures: sent...answered))
        }
    }

    var count: Int { state.with { $0.entries.count } }

    var entries: [Entry] { state.with { $0.entries } }

    /// Some entries, the newest among them.
    func sample(_ count: Int, using random: inout SeededRandom) -> [Entry] {
        let all = entries
        return all.suffix(count / 2) + (0..<min(count / 2, all.count)).compactMap { _ in all.randomElement(using: &random) }
    }

    func fate(of entry: Entry) -> Fate {
        state.with { state in
            guard let erasures = state.erasures[Subject(environment: entry.environment, scope: entry.scope)] else { return .readable }
            // One that was asked for after the answer has taken the key; one that was under way, or is, may have.
            if erasures.done > entry.erasures.upperBound { return .erased }
            return erasures.asked > entry.erasures.lowerBound ? .eitherWay : .readable
        }
    }

    // MARK: Erasures

    /// - Returns: its number.
    func ask(erasureOf scope: EKMWire.Scope, in environment: String) -> Int {
        state.with { state in
            state.erasures[Subject(environment: environment, scope: scope), default: Erasures()].asked += 1
            return state.erasures[Subject(environment: environment, scope: scope)]?.asked ?? 0
        }
    }

    func finish(_ erasure: Int, of scope: EKMWire.Scope, in environment: String) {
        state.with { state in
            let subject = Subject(environment: environment, scope: scope)
            let done = state.erasures[subject]?.done ?? 0
            state.erasures[subject]?.done = max(erasure, done)
        }
    }

    // MARK: What went wrong, and what was done

    func report(_ problem: String) { state.with { if $0.problems.count < 50 { $0.problems.append(problem) } } }

    var problems: [String] { state.with { $0.problems } }

    func count(_ event: String) { state.with { $0.counts[event, default: 0] += 1 } }

    func times(_ event: String) -> Int { state.with { $0.counts[event] ?? 0 } }

    var counts: String {
        state.with { $0.counts }.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    }
}
