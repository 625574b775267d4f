import TestSupport

/// The customers' KMS: answers each call as its key stands at the moment in which the call arrives, at times that the seed decides.
///
/// Sendable although it has no lock: only the simulating thread ever touches it.
final class SimKMS: @unchecked Sendable {
    enum State: String, CaseIterable {
        case enabled, denied, disabled, lying, throttled, silent, down
        /// For ever.
        case deleted
    }

    enum Pace: CaseIterable { case fast, slow, late }

    enum Action: String { case encrypt, decrypt, describe }

    struct Key {
        var state = State.enabled
        var pace = Pace.fast
        /// Under which it encrypts.
        var generation = 1
        let tellsGenerations: Bool
    }

    /// A call that was answered, as the KMS's own log has it.
    struct Call {
        let key: String
        let environment: String
        let action: Action
        /// Asked of a key that is to come into force, which may be the one that is.
        let isProbe: Bool
        let sent: UInt64
        let decided: UInt64
        let delivered: UInt64
        let state: State
    }

    struct Answer {
        let state: State
        let generation: Int
        let tellsGenerations: Bool
    }

    /// After that the daemon gives a call up.
    static let timeout: UInt64 = 60 * second

    private let executor: SimExecutor
    private(set) var keys: [String: Key] = [:]
    private let delivered: (Call) -> Void
    private(set) var calls = 0

    /// - Parameter delivered: is told of each answer just before the daemon has it.
    init(executor: SimExecutor, delivered: @escaping (Call) -> Void) {
        self.executor = executor
        self.delivered = delivered
    }

    func add(_ name: String, tellsGenerations: Bool) { keys[name] = Key(tellsGenerations: tellsGenerations) }

    func set(_ state: State, of name: String) {
        guard keys[name]?.state != .deleted else { return }
        keys[name]?.state = state
    }

    func set(_ pace: Pace, of name: String) { keys[name]?.pace = pace }

    func rotate(_ name: String) { keys[name]?.generation += 1 }

    func returnGeneration(_ name: String) {
        guard let generation = keys[name]?.generation, generation > 1 else { return }
        keys[name]?.generation = generation - 1
    }

    /// All keys that were not deleted answer again, and soon.
    func heal() {
        for name in keys.keys.sorted() {
            set(.enabled, of: name)
            set(.fast, of: name)
        }
    }

    /// - Parameter isAlive: whether the caller still is; a dead one gets no answer.
    /// - Returns: nil for a dead caller.
    func call(_ action: Action, key name: String, environment: String, isProbe: Bool, isAlive: () -> Bool) async -> Answer? {
        let sent = executor.now
        calls += 1
        await executor.sleep(delay(of: name) / 2)
        let decided = executor.now
        guard isAlive() else { return nil }
        guard let key = keys[name] else { preconditionFailure("the simulation's references name its keys") }
        await executor.sleep(key.state == .silent ? Self.timeout : delay(of: name) / 2)
        guard isAlive() else { return nil }
        executor.note(UInt64(decided))
        delivered(
            Call(
                key: name, environment: environment, action: action, isProbe: isProbe, sent: sent, decided: decided,
                delivered: executor.now, state: key.state
            ))
        return Answer(state: key.state, generation: key.generation, tellsGenerations: key.tellsGenerations)
    }

    private func delay(of name: String) -> UInt64 {
        switch keys[name]?.pace ?? .fast {
        case .fast: Fortune.random.random.between(2 * millisecond, 60 * millisecond)
        case .slow: Fortune.random.random.between(100 * millisecond, 4 * second)
        case .late: Fortune.random.random.between(1 * second, 55 * second)
        }
    }
}
