extension Keyring {
    /// The wall time for decisions that a clock that jumped must not fool.
    var believedNow: WallTime { wallClock.now }

    /// - Throws: `.clockInDoubt`.
    func requireBelievedClock(_ what: String) throws(HierarchyError) {}

    func tickClock() async {}

    func runRetention(of environment: LiveEnvironment) async {}
}
