import Bedrock
package import KeyHierarchy

/// A key store without a disk, which behaves as the contract says: the twin of the real one in the simulator. Calls can be counted,
/// and made to fail at each point of their way.
package final class InMemoryKeyStore: KeyStore, ClockLedger {
    private struct State {
        var contents = Contents()
        var calls: [String: Int] = [:]
        var faults: [String: Fault] = [:]
        var chooseFault: (@Sendable (String) -> Fault?)?
        var leaseEnd: BootInstant?
    }

    /// Everything that was committed at one moment: what is left after a crash.
    package struct Snapshot: Sendable {
        let contents: Contents
    }

    private let state: Lock<State>

    /// - Parameter snapshot: where a store that crashed stood; it has no faults.
    package init(_ snapshot: Snapshot? = nil) { state = Lock(State(contents: snapshot?.contents ?? Contents())) }

    /// Has an end where a test makes the store one that others change, too.
    package var leaseEnd: BootInstant? {
        get { state.withLock { $0.leaseEnd } }
        set { state.withLock { $0.leaseEnd = newValue } }
    }

    package func snapshot() -> Snapshot { state.withLock { Snapshot(contents: $0.contents) } }

    // MARK: Faults

    /// What befalls a call.
    package enum Fault: Sendable {
        /// It fails, and nothing is kept.
        case before(KeyStoreError)
        /// A change is kept, and the answer is `.unknownOutcome`; something that is only read fails.
        case after
        /// It waits before it does anything.
        case slow(@Sendable () async -> Void)
        /// It waits once it is done, before it answers.
        case late(@Sendable () async -> Void)

        package static let fails = before(KeyStoreError(.failed, "The store fails because a test wants it to.", remedy: ""))
        package static let busy = before(KeyStoreError(.busy, "The store is busy because a test wants it to.", remedy: ""))
    }

    /// Every further call of one operation meets the fault, until nil is set. Operations go by the names of their functions; those of
    /// ``apply(_:to:from:)`` by the change's name as well, for instance `adopt`. All of them are meant by nil.
    package func inject(_ fault: Fault?, into operation: String? = nil) { state.withLock { $0.faults[operation ?? ""] = fault } }

    /// Asked at each call, by the names of its operation, which fault it meets; goes before those that are set.
    package func chooseFaults(_ choose: (@Sendable (String) -> Fault?)?) { state.withLock { $0.chooseFault = choose } }

    /// Every further call fails so, until nil is set.
    package func fail(with error: KeyStoreError?) { inject(error.map { .before($0) }) }

    /// Every further call of one operation fails so, until nil is set.
    package func fail(_ operation: String, with error: KeyStoreError?) { inject(error.map { .before($0) }, into: operation) }

    /// How often an operation was called.
    package func calls(_ operation: String) -> Int { state.withLock { $0.calls[operation] ?? 0 } }

    // MARK: Other hands

    /// Changes an environment's record as a forger with the root key would.
    package func change(_ environment: EnvironmentID, _ body: @Sendable (inout EnvironmentRecord) -> Void) {
        state.withLock { state in
            guard var record = state.contents.environments[environment]?.record else { return }
            body(&record)
            state.contents.environments[environment]?.record = record
        }
    }

    /// Every stored key of an environment, oldest first.
    package func keys(of environment: EnvironmentID) -> [KeyRecord] {
        let contents = state.withLock { $0.contents }
        guard let held = contents.environments[environment] else { return [] }
        return held.ids.compactMap { contents.visible($0, in: held) }.sorted { $0.createdAt.time < $1.createdAt.time }
    }

    // MARK: The way of a call

    func reading<R: Sendable>(
        _ operation: String, _ body: @Sendable (Contents) throws(KeyStoreError) -> R
    ) async throws(KeyStoreError) -> R {
        let fault = call(operation, nil)
        if case .slow(let wait) = fault { await wait() }
        if case .before(let error) = fault { throw error }
        if case .after = fault { throw KeyStoreError(.failed, "The store fails because a test wants it to.", remedy: "") }
        let result = try state.withLock { (state: inout sending State) throws(KeyStoreError) -> R in try body(state.contents) }
        if case .late(let wait) = fault { await wait() }
        return result
    }

    /// - Parameter body: changes nothing if it throws.
    func writing<R: Sendable>(
        _ operation: String, _ change: String? = nil, _ body: @Sendable (inout Contents) throws(KeyStoreError) -> R
    ) async throws(KeyStoreError) -> R {
        let fault = call(operation, change)
        if case .slow(let wait) = fault { await wait() }
        if case .before(let error) = fault { throw error }
        let result = try state.withLock { (state: inout sending State) throws(KeyStoreError) -> R in try body(&state.contents) }
        if case .after = fault {
            throw KeyStoreError(.unknownOutcome, "The store fails because a test wants it to.", remedy: "Look again.")
        }
        if case .late(let wait) = fault { await wait() }
        return result
    }

    private func call(_ operation: String, _ change: String?) -> Fault? {
        let (chosen, set) = state.withLock { state in
            state.calls[operation, default: 0] += 1
            if let change { state.calls[change, default: 0] += 1 }
            return (state.chooseFault, change.flatMap { state.faults[$0] } ?? state.faults[operation] ?? state.faults[""])
        }
        // Not under the lock: it may ask this store something.
        return chosen?(change ?? operation) ?? set
    }

    package func defect() async throws(KeyStoreError) -> String? { try await reading("defect") { _ in nil } }
}
