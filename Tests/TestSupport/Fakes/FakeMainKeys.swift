internal import Cryptography
package import KeyHierarchy

/// Main keys that live in the test: real wrapping, and answers that the test chooses, held back or counted.
package final class FakeMainKeys: MainKeyProvider {
    package enum Answer: Sendable {
        case granted
        case failure(MainKeyFailure)
        /// Decrypts, but to another environment's content.
        case foreign
    }

    private struct State {
        var answer: [String: Answer] = [:]
        var isHeld: Set<String> = []
        var waiting: [(String, CheckedContinuation<Void, Never>)] = []
        var calls: [String: Int] = [:]
    }

    private let state = Lock(State())
    fileprivate let secret: SecretBytes
    fileprivate let clock: any BootClock

    package init(clock: any BootClock) throws {
        secret = try SecretBytes.random(byteCount: 32)
        self.clock = clock
    }

    /// What decrypts for an environment are answered from now on.
    package func answer(_ answer: Answer, for environment: EnvironmentName) {
        state.withLock { $0.answer[environment.description] = answer }
    }

    /// Decrypts for this environment hang until `release`.
    package func hold(_ environment: EnvironmentName) { state.withLock { _ = $0.isHeld.insert(environment.description) } }

    package func release(_ environment: EnvironmentName) {
        let waiting = state.withLock { state in
            state.isHeld.remove(environment.description)
            let released = state.waiting.filter { $0.0 == environment.description }
            state.waiting.removeAll { $0.0 == environment.description }
            return released.map(\.1)
        }
        for continuation in waiting { continuation.resume() }
    }

    /// How many decrypts an environment has asked for.
    package func decrypts(_ environment: EnvironmentName) -> Int { state.withLock { $0.calls[environment.description] ?? 0 } }

    /// How many decrypts hang now.
    package func held(_ environment: EnvironmentName) -> Int {
        state.withLock { state in state.waiting.count { $0.0 == environment.description } }
    }

    package func mainKey(for record: MainKeyRecord, of environment: EnvironmentIdentity) throws(MainKeyFailure) -> any MainKey {
        FakeMainKey(keys: self, reference: record.reference)
    }

    fileprivate func ask(_ environment: EnvironmentName) async throws(MainKeyFailure) -> Answer {
        let name = environment.description
        state.withLock { $0.calls[name, default: 0] += 1 }
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                guard state.isHeld.contains(name) else { return true }
                state.waiting.append((name, continuation))
                return false
            }
            if goesOn { continuation.resume() }
        }
        let answer = state.withLock { $0.answer[name] ?? .granted }
        if case .failure(let failure) = answer { throw failure }
        return answer
    }
}

private struct FakeMainKey: MainKey {
    let keys: FakeMainKeys
    let reference: MainKeyReference

    func probe(for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> MainKeyReference { reference }

    func wrap(_ payload: consuming SecretBytes, for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> [UInt8] {
        do { return try KeyWrapper(wrapping: keys.secret).wrap(payload, place: Array(environment.name.description.utf8)) } catch {
            throw .foreignContent
        }
    }

    func unwrap(_ wrapped: [UInt8], for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> UnwrappedEnvironmentKey {
        let sentAt = keys.clock.now
        let answer = try await keys.ask(environment.name)
        do {
            let payload =
                if case .foreign = answer {
                    try SecretBytes.random(byteCount: EnvironmentKeyPayload.byteCount)
                } else {
                    try KeyWrapper(wrapping: keys.secret).unwrap(wrapped.span.bytes, place: Array(environment.name.description.utf8))
                }
            return UnwrappedEnvironmentKey(payload: payload, generation: Generation("fake-1"), sentAt: sentAt)
        } catch { throw .foreignContent }
    }
}
