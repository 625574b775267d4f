internal import Cryptography

extension Keyring {
    /// The wall time for decisions that a clock that jumped must not fool.
    var believedNow: WallTime { clockJudge.believedNow }

    /// - Parameter what: a sentence, without its full stop, about what waits for the clock.
    /// - Throws: `.clockInDoubt`.
    func requireBelievedClock(_ what: String) throws(HierarchyError) { try clockJudge.requireBelieved(what) }

    /// Judges the clock again, and goes on with what waited for it.
    func tickClock() async {
        await clockJudge.tick()
        let state = clockJudge.state
        let told = toldClock.withLock { told in
            defer { told = state }
            return told
        }
        if state != told { tell(.clock(state)) }
        for environment in allEnvironments { environment.withState { $0.forgetErased(at: clock.now) } }
        await resumePurge()
        // An erasure that fails stays open, and is tried again with the next tick.
        _ = try? await resumeErasures()
    }
}
