/// What clients and operators do.
extension World {
    private static let jobs = ["job-1", "job-2"]
    private static let connections = ["crm", "erp", "shop"]
    /// The last two are equal by Unicode, and not by their bytes.
    private static let equalConnections = ["crm", "caf\u{e9}", "cafe\u{301}"]

    func name(_ environment: Int) -> String { "acme/e\(environment)" }

    func perform(_ event: PlanEvent) {
        guard auditor.finding == nil else { return }
        if isOfTheWorld(event) { return }
        guard let life else { return }
        lastRequest = executor.now
        let fortune = Fortune(plan.order &* 31 &+ UInt64(event.number))
        Task { await Fortune.$current.withValue(fortune) { await request(event, life) } }
    }

    private func request(_ event: PlanEvent, _ life: DaemonLife) async {
        let name = name(event.environment)
        switch event.kind {
        case .encrypt: await encrypt(event, scope(event), name, life)
        case .decrypt, .openLent:
            guard let entry = auditor.entries.first(where: { $0.number == event.subject }) else { return }
            await open(entry, expecting: event.a % 4 == 0, life)
        case .lend: await lend(event, scope(event), name, life)
        default: await administer(event, name, life)
        }
    }

    func scope(_ event: PlanEvent) -> DataScope {
        switch event.a % 8 {
        case 0...2: .job(ScopeID(Self.jobs[Int(event.b % 2)]))
        case 3...4: .connection(ScopeID((plan.hasEqualNames ? Self.equalConnections : Self.connections)[Int(event.b % 3)]))
        case 5...6: .event
        default: .log
        }
    }

    // MARK: Data

    func encrypt(_ event: PlanEvent, _ scope: DataScope, _ name: String, _ life: DaemonLife) async {
        let plain = Array("plain \(event.number)".utf8)
        let context: [UInt8] = event.b % 5 == 0 ? Array("context".utf8) : []
        let (asked, mustServe) = (executor.now, mustServe)
        counts.operations += 1
        say("#\(event.number) encrypt \(scope) in \(name)")
        do throws(Refusal) {
            let sealed = try await life.encrypt(plain, scope, context: context, in: name)
            guard life === self.life else { return }
            note(event, 1)
            say("#\(event.number) encrypted under key \(sealed.key.prefix(6))")
            adopt(sealed.environment, name)
            auditor.sealed(
                AuditedEntry(
                    number: event.number, environment: sealed.environment, name: name, scope: scope, context: context,
                    sealed: sealed.ciphertext, isLent: false, plain: plain, key: sealed.key, asked: asked, acknowledged: executor.now,
                    wallError: clocks.wallError), sealed.use)
        } catch {
            guard life === self.life else { return }
            note(event, 2)
            say("#\(event.number) not encrypted: \(error)")
            auditor.refused(name, error, since: asked, isAtRest: mustServe)
        }
    }

    func lend(_ event: PlanEvent, _ scope: DataScope, _ name: String, _ life: DaemonLife) async {
        let context: [UInt8] = event.b % 5 == 0 ? Array("context".utf8) : []
        let (asked, mustServe) = (executor.now, mustServe)
        counts.operations += 1
        say("#\(event.number) lend \(scope) in \(name)")
        do throws(Refusal) {
            let lent = try await life.lend(scope, context: context, in: name)
            guard life === self.life else { return }
            note(event, 1)
            adopt(lent.environment, name)
            auditor.sealed(
                AuditedEntry(
                    number: event.number, environment: lent.environment, name: name, scope: scope, context: context, sealed: lent.wrapped,
                    isLent: true, plain: lent.secret, key: lent.key, asked: asked, acknowledged: executor.now,
                    wallError: clocks.wallError), lent.use)
        } catch {
            guard life === self.life else { return }
            note(event, 2)
            say("#\(event.number) not lent: \(error)")
            auditor.refused(name, error, since: asked, isAtRest: mustServe)
        }
    }

    func open(_ entry: AuditedEntry, expecting: Bool, _ life: DaemonLife) async {
        let (asked, mustServe) = (executor.now, mustServe)
        counts.operations += 1
        say("open #\(entry.number)")
        let expected = expecting ? entry.scope : nil
        do throws(Refusal) {
            let opened =
                entry.isLent
                ? try await life.openLent(entry.sealed, context: entry.context, expected: expected)
                : try await life.decrypt(entry.sealed, context: entry.context, expected: expected)
            guard life === self.life else { return }
            executor.note(3)
            say("opened #\(entry.number)")
            auditor.opened(entry, opened.plaintext, opened.use)
        } catch {
            guard life === self.life else { return }
            executor.note(4)
            say("#\(entry.number) not opened: \(error)")
            auditor.refused(entry, error, since: asked, isAtRest: mustServe)
        }
    }

    /// An environment whose making nobody was told of is known by its first ciphertext.
    private func adopt(_ id: String, _ name: String) {
        if auditor.environments[id] == nil { auditor.started(auditor.known + [(id, name)]) }
    }

    func note(_ event: PlanEvent, _ outcome: UInt64) { executor.note(UInt64(event.number) << 8 | outcome) }
}
