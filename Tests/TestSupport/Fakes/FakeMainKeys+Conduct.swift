internal import Bedrock
internal import Cryptography
package import KeyHierarchy

extension FakeMainKeys {
    /// What a test chose for a scope; nil where it chose nothing.
    struct Conduct {
        var answer: Answer?
        var generation: Generation?
        var rotations = 0
        var tellsGenerations: Bool?
        /// The outer optional: whether anything was chosen.
        var state: MainKeyFailure??
        var endsAt: WallTime??
        var rotation: MainKeyInspection.Rotation?
        var warnings: [String]?
        var refusesInspection: MainKeyFailure??
        var holdsDecrypts = false
        var holdsInspections = false
    }

    /// What probes, wraps and decrypts are answered from now on.
    ///
    /// Unless a test says otherwise, inspections follow: a verdict that wipes stands in them, and whatever else refuses refuses them too.
    package func answer(_ answer: Answer, for keys: some NamesFakeMainKeys) { change(keys) { $0.answer = answer } }

    // MARK: Generations

    /// Under which generation is wrapped from now on; `fake-1` unless a test says otherwise.
    package func setGeneration(_ generation: Generation, for keys: some NamesFakeMainKeys) { change(keys) { $0.generation = generation } }

    /// Wraps under new material from now on; what was wrapped before still opens, and names its own generation.
    /// - Returns: the new generation: `fake-2`, and so on.
    @discardableResult
    package func rotate(_ keys: some NamesFakeMainKeys) -> Generation {
        change(keys) { conduct in
            conduct.rotations += 1
            let generation = Generation("fake-\(conduct.rotations + 1)")
            conduct.generation = generation
            return generation
        }
    }

    /// Whether inspections and decrypts name generations; they do unless a test says otherwise.
    package func tellGenerations(_ tells: Bool, for keys: some NamesFakeMainKeys) { change(keys) { $0.tellsGenerations = tells } }

    // MARK: Inspections

    /// What the key's state is told to mean; nil: it can be used.
    package func setState(_ failure: MainKeyFailure?, for keys: some NamesFakeMainKeys) { change(keys) { $0.state = .some(failure) } }

    package func setEnd(_ end: WallTime?, for keys: some NamesFakeMainKeys) { change(keys) { $0.endsAt = .some(end) } }

    package func setRotation(_ rotation: MainKeyInspection.Rotation, for keys: some NamesFakeMainKeys) {
        change(keys) { $0.rotation = rotation }
    }

    package func setWarnings(_ warnings: [String], for keys: some NamesFakeMainKeys) { change(keys) { $0.warnings = warnings } }

    /// Inspections throw this, whatever decrypts are answered; nil: they are answered, whatever decrypts are.
    package func refuseInspections(_ failure: MainKeyFailure?, for keys: some NamesFakeMainKeys) {
        change(keys) { $0.refusesInspection = .some(failure) }
    }

    /// How many inspections were asked for.
    package func inspections(_ keys: some NamesFakeMainKeys) -> Int { state.withLock { $0.inspections[keys.fakeMainKeys] ?? 0 } }

    // MARK: Holding back

    /// Decrypts hang until `release`.
    package func hold(_ keys: some NamesFakeMainKeys) { change(keys) { $0.holdsDecrypts = true } }

    /// Inspections hang until `release`.
    package func holdInspections(_ keys: some NamesFakeMainKeys) { change(keys) { $0.holdsInspections = true } }

    /// Lets go on what hangs for these keys, unless another scope still holds it.
    package func release(_ keys: some NamesFakeMainKeys) {
        let released = state.withLock { state in
            state.conduct[keys.fakeMainKeys]?.holdsDecrypts = false
            state.conduct[keys.fakeMainKeys]?.holdsInspections = false
            let (kept, released) = state.waiting.reduce(into: ([Waiter](), [Waiter]())) { parts, waiter in
                if state.holds(waiter.scopes, isInspection: waiter.isInspection) { parts.0.append(waiter) } else { parts.1.append(waiter) }
            }
            state.waiting = kept
            return released
        }
        for waiter in released { waiter.continuation.resume() }
    }

    /// How many decrypts were asked for.
    package func decrypts(_ keys: some NamesFakeMainKeys) -> Int { state.withLock { $0.decrypts[keys.fakeMainKeys] ?? 0 } }

    /// How many decrypts hang now.
    package func held(_ keys: some NamesFakeMainKeys) -> Int {
        state.withLock { state in state.waiting.count { !$0.isInspection && $0.scopes.contains(keys.fakeMainKeys) } }
    }

    /// How many inspections hang now.
    package func heldInspections(_ keys: some NamesFakeMainKeys) -> Int {
        state.withLock { state in state.waiting.count { $0.isInspection && $0.scopes.contains(keys.fakeMainKeys) } }
    }

    // MARK: What holds for one main key

    /// Of several scopes, the first that says something counts.
    func chosen<Value>(_ scopes: [FakeMainKeyScope], _ field: (Conduct) -> Value?) -> Value? {
        state.withLock { state in
            for scope in scopes {
                if let conduct = state.conduct[scope], let value = field(conduct) { return value }
            }
            return nil
        }
    }

    @discardableResult
    private func change<Result>(_ keys: some NamesFakeMainKeys, _ body: (inout Conduct) -> Result) -> Result {
        state.withLock { body(&$0.conduct[keys.fakeMainKeys, default: Conduct()]) }
    }
}
