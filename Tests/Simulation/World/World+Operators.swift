extension World {
    func administer(_ event: PlanEvent, _ name: String, _ life: DaemonLife) async {
        counts.operations += 1
        actsUnderWay += 1
        defer { actsUnderWay -= 1 }
        let begin = executor.now
        let choice = choice(event)
        let environment = auditor.environment(named: name)
        let id = environment?.id ?? ""
        switch event.kind {
        case .create:
            await create(event, name, choice, life)
        case .delete:
            let removal = auditor.begin(.environment, of: id)
            let asked = auditor.environments[id]?.exists.ask(false, at: begin)
            let refusal = await act(event, "delete \(name)", life) { () throws(Refusal) in try await life.delete(name) }
            guard let refusal else { return }
            auditor.end(removal, refusal.why)
            settle(\.exists, of: id, asked, refusal.why)
        case .lock:
            let asked = auditor.environments[id]?.isLocked.ask(true, at: begin)
            guard let end = await act(event, "lock \(name)", life, { () throws(Refusal) in try await life.lock(name) }) else { return }
            settle(\.isLocked, of: id, asked, end.why)
            if end.why?.meaning == .unknown { auditor.environments[id]?.isShutInMemory = true }
        case .unlock:
            await unlock(event, name, life)
        case .replace: await replace(event, name, choice, life)
        case .cancelPending:
            let asked = auditor.environments[id]?.pending.ask(nil, at: begin)
            let end = await act(event, "cancel what waits in \(name)", life) { () throws(Refusal) in try await life.cancelPending(name) }
            guard let end else { return }
            settle(\.pending, of: id, asked, end.why)
            if end.why?.meaning != .refused { auditor.environments[id]?.registered = nil }
        case .rotate: _ = await act(event, "rotate \(name)", life) { () throws(Refusal) in try await life.rotate(name) }
        case .refresh: _ = await act(event, "refresh \(name)", life) { () throws(Refusal) in try await life.refresh(name) }
        case .withdraw:
            let removal = auditor.begin(.material, of: id)
            let asked = auditor.environments[id]?.isWithdrawn.ask(true, at: begin)
            guard let end = await act(event, "withdraw \(name)", life, { () throws(Refusal) in try await life.withdraw(name) }) else {
                return
            }
            auditor.end(removal, end.why)
            settle(\.isWithdrawn, of: id, asked, end.why)
        case .restore: await restore(event, name, life)
        case .pause: _ = await act(event, "pause \(name)", life) { () throws(Refusal) in try await life.pauseRepack(name) }
        case .resume:
            auditor.environments[id]?.hangsUnder = nil
            _ = await act(event, "resume \(name)", life) { () throws(Refusal) in try await life.resumeRepack(name) }
        case .cancel: await cancel(event, name, life)
        case .retention: await setRetention(event, name, life)
        case .erase: await erase(event, name, life)
        case .show: await show(event, name, life)
        case .showKey: _ = await act(event, "key show \(name)", life) { () throws(Refusal) in try await life.mainKeyView(name) }
        case .receipts: await receipts(event, name, life)
        case .accept:
            if clocks.wallError.magnitude > 200 { auditor.wasFooled = true }
            _ = await act(event, "accept the clock", life) { () throws(Refusal) in try await life.acceptClock() }
        case .reload:
            settings.timeToLive = [60, 120, 300][Int(event.a % 3)]
            settings.purges = event.b % 4 == 0
            settings.repackRate = event.b % 3 == 0 ? 2 : 1_000_000
            say("#\(event.number) reload: \(settings)")
            life.reload(settings)
            auditor.timeToLive = settings.timeToLive * second
        default: break
        }
    }

    /// How an act ended.
    struct End {
        /// Nil where it was done.
        let why: Refusal?
    }

    /// - Returns: nil where the daemon that was asked is dead.
    @discardableResult
    func act(
        _ event: PlanEvent, _ what: String, _ life: DaemonLife, _ body: () async throws(Refusal) -> Void
    ) async -> End? {
        guard auditor.finding == nil else { return nil }
        say("#\(event.number) \(what)")
        do throws(Refusal) {
            try await body()
            guard life === self.life else { return nil }
            note(event, 5)
            say("#\(event.number) done")
            return End(why: nil)
        } catch {
            guard life === self.life else { return nil }
            note(event, 6)
            say("#\(event.number) not done: \(error)")
            judge(event, error)
            return End(why: error)
        }
    }

    /// Errors that no request deserves.
    private func judge(_ event: PlanEvent, _ error: Refusal) {
        switch error.code {
        case "damaged": auditor.breaks(.nothingIsLost, "\(error)")
        case "internal", "strange", "cannotDecrypt", "unknownFormat": auditor.breaks(.nothingFalls, "\(error)")
        default: break
        }
    }

    private func settle<Value>(
        _ path: WritableKeyPath<AuditedEnvironment, Possible<Value>>, of id: String, _ asked: Int?, _ why: Refusal?
    ) {
        guard let asked else { return }
        switch why?.meaning {
        case nil: auditor.environments[id]?[keyPath: path].acknowledge(asked, at: executor.now)
        case .refused: auditor.environments[id]?[keyPath: path].refuse(asked)
        case .unknown, .died: auditor.environments[id]?[keyPath: path].leaveOpen(asked, at: executor.now)
        }
    }

    private func choice(_ event: PlanEvent) -> MainKeyChoice {
        switch event.a % 10 {
        case 0...1: .managed
        case 2...3: .material(UInt8(1 + event.b % 2))
        default: .kms(Self.keyName(Int(event.b % UInt64(plan.keys))))
        }
    }

    // MARK: One act each

    private func create(_ event: PlanEvent, _ name: String, _ choice: MainKeyChoice, _ life: DaemonLife) async {
        auditor.creations[event.number] = name
        say("#\(event.number) create \(name) under \(choice)")
        do throws(Refusal) {
            let id = try await life.create(name, under: choice)
            guard life === self.life else { return }
            note(event, 7)
            say("#\(event.number) created")
            auditor.creations[event.number] = nil
            auditor.created(id, name, under: choice)
        } catch {
            guard life === self.life else { return }
            note(event, 8)
            say("#\(event.number) not created: \(error)")
            auditor.creations[event.number] = nil
            if error.meaning == .unknown { auditor.creationsLeftOpen[name, default: 0] += 1 }
            judge(event, error)
        }
    }

    func unlock(_ event: PlanEvent, _ name: String, _ life: DaemonLife) async {
        let id = auditor.environment(named: name)?.id ?? ""
        let asked = auditor.environments[id]?.isLocked.ask(false, at: executor.now)
        guard let end = await act(event, "unlock \(name)", life, { () throws(Refusal) in try await life.unlock(name) }) else { return }
        settle(\.isLocked, of: id, asked, end.why)
        switch end.why?.meaning {
        case nil: auditor.environments[id]?.isShutInMemory = false
        case .refused: break
        case .unknown, .died: auditor.environments[id]?.isShutInMemory = nil
        }
    }

    func replace(_ event: PlanEvent, _ name: String, _ choice: MainKeyChoice, _ life: DaemonLife) async {
        let id = auditor.environment(named: name)?.id ?? ""
        let (withoutOld, whenGranted, isDryRun) = (event.a / 16 % 4 == 0, event.a / 64 % 3 == 0, event.a / 256 % 10 == 0)
        let begin = executor.now
        let isSame = auditor.environments[id]?.mainKey.mustBe(choice.label) == true && choice.label != .material
        if isSame { return }
        let key = isDryRun ? nil : auditor.environments[id]?.mainKey.ask(choice.label, at: begin)
        let waits = isDryRun || !whenGranted ? nil : auditor.environments[id]?.pending.ask(choice.label, at: begin)
        // A replacement ends what waits.
        let ends = isDryRun ? nil : auditor.environments[id]?.pending.ask(nil, at: begin)
        let restores = isDryRun || choice.label != .material ? nil : auditor.environments[id]?.isWithdrawn.ask(false, at: begin)
        if !isDryRun {
            auditor.replacements[event.number] = Auditor.Replacement(
                environment: id, label: choice.label, withoutOld: withoutOld, begin: begin)
        }
        defer { auditor.replacements[event.number] = nil }
        let options = (withoutOld ? " --without-old" : "") + (whenGranted ? " --when-granted" : "") + (isDryRun ? " --dry-run" : "")
        say("#\(event.number) replace \(name) with \(choice)\(options)")
        do throws(Refusal) {
            let outcome = try await life.replace(
                name, with: choice, withoutOld: withoutOld, whenGranted: whenGranted, isDryRun: isDryRun)
            guard life === self.life else { return }
            note(event, 9)
            say("#\(event.number) \(outcome.kind)")
            if outcome.endsWaiting {
                auditor.environments[id]?.registered = nil
                auditor.environments[id]?.pending.allow(nil, at: executor.now)
            }
            let now = executor.now
            switch outcome.kind {
            case "replaced":
                if let key { auditor.environments[id]?.mainKey.acknowledge(key, at: now) }
                auditor.environments[id]?.mainKeys.insert(choice.label)
                if let restores { auditor.environments[id]?.isWithdrawn.acknowledge(restores, at: now) }
                // Another that waits goes on waiting, unless the answer says otherwise.
                if let registered = auditor.environments[id]?.registered, registered != choice.label {
                    if let ends { auditor.environments[id]?.pending.refuse(ends) }
                } else if let ends {
                    auditor.environments[id]?.pending.leaveOpen(ends, at: now)
                    auditor.environments[id]?.registered = nil
                }
                if let waits { auditor.environments[id]?.pending.refuse(waits) }
            case "pending":
                if let key { auditor.environments[id]?.mainKey.refuse(key) }
                auditor.environments[id]?.mayLeaveWithoutOld = withoutOld
                if let ends { auditor.environments[id]?.pending.refuse(ends) }
                if let waits { auditor.environments[id]?.pending.acknowledge(waits, at: now) }
                auditor.environments[id]?.registered = choice.label
                if let restores { auditor.environments[id]?.isWithdrawn.refuse(restores) }
            default:
                if let key { auditor.environments[id]?.mainKey.refuse(key) }
                if let restores {
                    if outcome.kind != "restored" || restored(id) {
                        auditor.environments[id]?.isWithdrawn.acknowledge(restores, at: now)
                    } else {
                        auditor.environments[id]?.isWithdrawn.leaveOpen(restores, at: now)
                    }
                }
                if let ends { auditor.environments[id]?.pending.refuse(ends) }
                if let waits { auditor.environments[id]?.pending.refuse(waits) }
            }
        } catch {
            guard life === self.life else { return }
            note(event, 10)
            say("#\(event.number) not replaced: \(error)")
            if error.meaning != .refused { auditor.environments[id]?.mayBeReplacedAt = executor.now }
            if whenGranted, withoutOld, error.meaning != .refused { auditor.environments[id]?.mayLeaveWithoutOld = true }
            // A replacement whose last step fails may be in force; told as `unknown` by the code, or not.
            for (path, asked) in [(\AuditedEnvironment.mainKey, key)] { settle(path, of: id, asked, error) }
            settle(\.pending, of: id, ends, error)
            settle(\.pending, of: id, waits, error)
            settle(\.isWithdrawn, of: id, restores, error)
            judge(event, error)
        }
    }

    /// What was withdrawn before the replacement that brought the material in force is still gone.
    /// - Returns: whether it must be the material in force that was brought back; else it may be what was withdrawn before that.
    private func restored(_ id: String) -> Bool {
        let since = max(auditor.environments[id]?.replacedAt ?? 0, auditor.environments[id]?.mayBeReplacedAt ?? 0)
        let withdrawals = auditor.removals.indices.filter { index in
            guard auditor.removals[index].environment == id, !auditor.removals[index].isVoid else { return false }
            return if case .material = auditor.removals[index].what { true } else { false }
        }
        guard withdrawals.allSatisfy({ auditor.removals[$0].begin >= since }) else { return false }
        for index in withdrawals { auditor.removals[index].isVoid = true }
        return true
    }

    /// The very bytes that were withdrawn.
    func restore(_ event: PlanEvent, _ name: String, _ life: DaemonLife) async {
        guard let environment = auditor.environment(named: name), environment.isWithdrawn.mayBe(true),
            environment.mainKey.mustBe(.material)
        else { return }
        for byte in 1...2 {
            let again = PlanEvent(
                number: event.number, at: event.at, kind: .replace, environment: event.environment, a: 2 + 16 + 64 + 256, b: event.b,
                subject: nil)
            await replace(again, name, .material(UInt8(byte)), life)
            if auditor.environments[environment.id]?.isWithdrawn.mustBe(false) == true { return }
        }
    }

    private func cancel(_ event: PlanEvent, _ name: String, _ life: DaemonLife) async {
        let id = auditor.environment(named: name)?.id ?? ""
        let target = auditor.environments[id]?.newest
        auditor.environments[id]?.hangsUnder = nil
        auditor.environments[id]?.endedKeys = []
        auditor.environments[id]?.cancellations += 1
        defer { auditor.environments[id]?.cancellations -= 1 }
        let asked = (auditor.environments[id]?.mainKeys ?? []).sorted { $0.description < $1.description }.compactMap { label in
            auditor.environments[id]?.mainKey.ask(label, at: executor.now)
        }
        let end = await act(event, "cancel the repack of \(name)", life) { () throws(Refusal) in try await life.cancelRepack(name) }
        guard let end else { return }
        if end.why?.meaning != .refused { auditor.environments[id]?.endedKeys = [] }
        if end.why == nil, let target, auditor.environments[id]?.newest == target {
            auditor.environments[id]?.takenBack.insert(target)
        }
        for request in asked {
            if end.why?.meaning == .refused {
                auditor.environments[id]?.mainKey.refuse(request)
            } else {
                // It is one of those that were in force before; which, the next look tells.
                auditor.environments[id]?.mainKey.leaveOpen(request, at: executor.now)
            }
        }
    }

    private func setRetention(_ event: PlanEvent, _ name: String, _ life: DaemonLife) async {
        let id = auditor.environment(named: name)?.id ?? ""
        let hours: [Int64?] = [nil, 3_600, 7_200, 6 * 3_600, 24 * 3_600]
        let retention = DaemonAnswer.Retention(hours: hours[Int(event.a % 5)], logs: hours[Int(event.b % 5)])
        let asked = auditor.environments[id]?.retention.ask(retention, at: executor.now)
        // From now on it may be in force.
        let begin = executor.now
        let place = auditor.environments[id]?.retentions.count ?? 0
        auditor.environments[id]?.retentions.append((retention, begin, nil, nil))
        let end = await act(event, "retention \(retention) in \(name)", life) { () throws(Refusal) in
            try await life.setRetention(retention, of: name)
        }
        guard let end else { return }
        settle(\.retention, of: id, asked, end.why)
        guard let known = auditor.environments[id]?.retentions else { return }
        auditor.environments[id]?.retentions[place].answered = executor.now
        if end.why == nil {
            // The ones before are over, but for what they have begun.
            for (index, before) in known.enumerated() where before.until == nil {
                guard let answered = before.answered, answered < begin else { continue }
                auditor.environments[id]?.retentions[index].until = executor.now + 60 * second
            }
        } else if end.why?.meaning == .refused {
            auditor.environments[id]?.retentions[place].until = executor.now
        }
    }

    private func erase(_ event: PlanEvent, _ name: String, _ life: DaemonLife) async {
        let id = auditor.environment(named: name)?.id ?? ""
        let subject: ErasureSubject =
            if case .connection(let connection) = scope(event) {
                .connection(connection)
            } else {
                .before(clocks.wall - Int64(event.b % 20_000) + 600)
            }
        let removal = auditor.begin(.subject(subject), of: id)
        say("#\(event.number) erase \(subject) in \(name)")
        do throws(Refusal) {
            let receipt = try await life.erase(subject, of: name)
            guard life === self.life else { return }
            note(event, 11)
            say("#\(event.number) erased \(receipt.keys.map { String($0.prefix(6)) })")
            auditor.end(removal, nil)
            auditor.showed(receipt, asked: subject)
        } catch {
            guard life === self.life else { return }
            note(event, 12)
            say("#\(event.number) not erased: \(error)")
            auditor.end(removal, error)
            judge(event, error)
        }
    }

    func show(_ event: PlanEvent, _ name: String, _ life: DaemonLife) async {
        let begin = executor.now
        do throws(Refusal) {
            let view = try await life.view(name)
            guard life === self.life else { return }
            note(event, 13)
            say("#\(event.number) show: \(view)")
            auditor.showed(view, since: begin)
        } catch {
            guard life === self.life else { return }
            say("#\(event.number) not shown: \(error)")
            judge(event, error)
        }
    }

    func receipts(_ event: PlanEvent, _ name: String, _ life: DaemonLife) async {
        do throws(Refusal) {
            let receipts = try await life.receipts(name)
            guard life === self.life else { return }
            note(event, 14)
            for receipt in receipts { auditor.showed(receipt, asked: nil) }
        } catch {
            say("#\(event.number) no receipts: \(error)")
        }
    }
}
