internal import Cryptography
internal import KeyHierarchy

/// One of the `FakeMainKeys`. A wrap is the generation's length and name, then the sealed payload.
struct FakeMainKey: MainKey {
    let keys: FakeMainKeys
    let record: MainKeyRecord

    func probe(for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> MainKeyReference {
        if case .foreign = try answer(environment) { throw .foreignContent }
        return record.reference
    }

    func wrap(_ payload: consuming SecretBytes, for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> [UInt8] {
        _ = try answer(environment)
        let name = Array((keys.chosen(scopes(environment)) { $0.generation } ?? Generation("fake-1")).name.utf8.prefix(255))
        do {
            let place = Array(environment.name.description.utf8) + name
            return [UInt8(name.count)] + name + (try KeyWrapper(wrapping: keys.secret(of: record.id)).wrap(payload, place: place))
        } catch {
            throw .foreignContent
        }
    }

    func unwrap(_ wrapped: [UInt8], for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> UnwrappedEnvironmentKey {
        let sentAt = keys.clock.now
        let scopes = scopes(environment)
        await keys.arrive(scopes, isInspection: false)
        let answer = try answer(environment)
        guard let length = wrapped.first.map(Int.init), wrapped.count > length + 1 else { throw .foreignContent }
        let name = Array(wrapped[1...length])
        let sealed = Array(wrapped[(length + 1)...])
        let generation = tellsGenerations(scopes) ? Generation(String(decoding: name, as: UTF8.self)) : nil
        do {
            let payload =
                if case .foreign = answer {
                    try SecretBytes.random(byteCount: EnvironmentKeyPayload.byteCount)
                } else {
                    try KeyWrapper(wrapping: keys.secret(of: record.id)).unwrap(
                        sealed.span.bytes, place: Array(environment.name.description.utf8) + name)
                }
            return UnwrappedEnvironmentKey(payload: payload, generation: generation, sentAt: sentAt)
        } catch { throw .foreignContent }
    }

    func inspect(for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> MainKeyInspection {
        let scopes = scopes(environment)
        await keys.arrive(scopes, isInspection: true)
        let answered: MainKeyFailure? = if case .failure(let failure)? = keys.chosen(scopes, { $0.answer }) { failure } else { nil }
        let refused = keys.chosen(scopes) { $0.refusesInspection } ?? (answered?.verdict.wipes == true ? nil : answered)
        if let refused { throw refused }
        return MainKeyInspection(
            generation: tellsGenerations(scopes) ? keys.chosen(scopes) { $0.generation } ?? Generation("fake-1") : nil,
            failure: keys.chosen(scopes) { $0.state } ?? answered, endsAt: keys.chosen(scopes) { $0.endsAt } ?? nil,
            rotation: keys.chosen(scopes) { $0.rotation } ?? .off, warnings: keys.chosen(scopes) { $0.warnings } ?? [])
    }

    func diagnose(for environment: EnvironmentIdentity) async -> [DiagnosisCheck] {
        do throws(MainKeyFailure) {
            _ = try await probe(for: environment)
            return [DiagnosisCheck("decrypt", .ok, "The fake main key decrypts.")]
        } catch {
            return [DiagnosisCheck("decrypt", error)]
        }
    }

    /// The nearest first.
    private func scopes(_ environment: EnvironmentIdentity) -> [FakeMainKeyScope] {
        let named = record.reference.identifier.isEmpty ? [] : [record.reference.fakeMainKeys]
        return [record.id.fakeMainKeys] + named + [environment.name.fakeMainKeys]
    }

    private func tellsGenerations(_ scopes: [FakeMainKeyScope]) -> Bool { keys.chosen(scopes) { $0.tellsGenerations } ?? true }

    private func answer(_ environment: EnvironmentIdentity) throws(MainKeyFailure) -> FakeMainKeys.Answer {
        let answer = keys.chosen(scopes(environment)) { $0.answer } ?? .granted
        if case .failure(let failure) = answer { throw failure }
        return answer
    }
}
