/// Rule 7: with the KMS and the store well again, everything comes to rest.
extension World {
    private static let time: UInt64 = 1_500 * second

    func settle() async {
        guard let life = await up() else { return }
        let event = PlanEvent(number: 999_000, at: 0, kind: .show, environment: 0, a: 1, b: 1, subject: nil)
        life.reload(settings)
        for round in 0..<3 {
            if (try? await life.acceptClock()) != nil { break }
            await executor.sleep(UInt64(round + 1) * second)
        }
        let names = (0..<plan.environments).map(name).filter { auditor.environment(named: $0) != nil }
        // An operator goes round, and does what is told.
        for name in names {
            guard self.life === life, auditor.finding == nil else { return }
            let id = auditor.environment(named: name)?.id ?? ""
            if auditor.environments[id]?.isLocked.mayBe(true) == true || auditor.environments[id]?.isShutInMemory != false {
                await unlock(event, name, life)
            }
            await show(event, name, life)
            await restore(event, name, life)
            // One that nobody paused goes on by itself.
            guard (try? await life.view(name))?.repack?.isPaused != false else { continue }
            await act(event, "resume \(name)", life) { () throws(Refusal) in try await life.resumeRepack(name) }
        }
        for _ in 0..<9 {
            await executor.sleep(Self.time / 9)
            guard self.life === life, auditor.finding == nil else { return }
        }
        mustServe = true
        for name in names {
            guard self.life === life, auditor.finding == nil else { return }
            await check(name, event, life)
        }
    }

    private func up() async -> DaemonLife? {
        for _ in 0..<1_000 {
            if let life { return life }
            // Not a sleep of the daemon's, which comes at once while there is none.
            await withUnsafeContinuation { [executor] waiting in executor.at(executor.now + second) { waiting.resume() } }
            guard auditor.finding == nil else { return nil }
        }
        auditor.breaks(.everythingRests, "the daemon does not start")
        return nil
    }

    private func check(_ name: String, _ event: PlanEvent, _ life: DaemonLife) async {
        guard let environment = auditor.environment(named: name) else { return }
        let begin = executor.now
        var isServed = true
        do throws(Refusal) {
            let view = try await life.view(name)
            say("at rest: \(view)")
            auditor.showed(view, since: begin)
            isServed = !view.isWithdrawn
            // What hangs under material that was withdrawn for good cannot move.
            let isStuck = auditor.removals.contains { removal in
                if case .material = removal.what { removal.environment == environment.id && !removal.isVoid } else { false }
            }
            if let repack = view.repack, isServed, !isStuck {
                auditor.breaks(.everythingRests, "the repack of \(name) never ends: \(repack)")
            }
        } catch {
            if error.code == "unknownEnvironment", environment.exists.mayBe(false) { return }
            auditor.breaks(.everythingRests, "\(name) is not shown: \(error)")
        }
        let id = environment.id
        guard isServed else { return }
        for (place, scope) in [DataScope.event, .job(ScopeID("job-1")), .connection(ScopeID("crm")), .log].enumerated() {
            let made = PlanEvent(number: 999_010 + place, at: 0, kind: .encrypt, environment: 0, a: 0, b: 1, subject: nil)
            await encrypt(made, scope, name, life)
        }
        await receipts(event, name, life)
        for entry in auditor.entries where entry.environment == id {
            guard self.life === life, auditor.finding == nil else { return }
            await open(entry, expecting: true, life)
        }
        await show(event, name, life)
    }
}
